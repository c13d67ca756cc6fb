"""What kind of picture do these bytes say they are, and are they all there? Told by the container; nothing is decoded."""

_SMALLEST = 100
_JPEG, _JPEG_SCAN, _JPEG_END = b"\xff\xd8\xff", b"\xff\xda", b"\xff\xd9"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_GIFS, _GIF_END = (b"GIF87a", b"GIF89a"), b";"
_TRAILER = 64 * 1024
"""Cameras and editors put as much behind the end."""


def media_type_of(content: bytes) -> str:
    """`image/jpeg`, `image/png`, `image/webp` or `image/gif`; empty for all else, and for what was cut off."""
    if len(content) < _SMALLEST:
        return ""
    if content.startswith(_JPEG):
        # Behind where the last scan begins: a preview in the header has ends of its own.
        begins = max(0, len(content) - _TRAILER, content.rfind(_JPEG_SCAN))
        return "image/jpeg" if content.find(_JPEG_END, begins) >= 0 else ""
    if content.startswith(_PNG):
        return "image/png" if _PNG_END in content[-_TRAILER:] else ""
    if content.startswith(_GIFS):
        return "image/gif" if content.rstrip(b"\0").endswith(_GIF_END) else ""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp" if int.from_bytes(content[4:8], "little") + 8 <= len(content) else ""
    return ""


def looks_like_page(content: bytes) -> bool:
    """Whether this is a web page, as proxies and portals send."""
    return content.lstrip().startswith(b"<")
