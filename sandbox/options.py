"""How are a fault's options read, whatever a tester wrote into them?"""

from sandbox.faults import Options


def number(options: Options, name: str, default: float) -> float:
    """Reads a number; anything else counts as absent."""
    value = options.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def text(options: Options, name: str, default: str) -> str:
    """Reads a text; anything else counts as absent."""
    value = options.get(name)
    return value if isinstance(value, str) else default


def texts(options: Options, name: str) -> dict[str, str]:
    """Reads an object of texts, such as headers; numbers are taken as text."""
    value = options.get(name)
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}
