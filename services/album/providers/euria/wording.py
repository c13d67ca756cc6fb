"""Which words of a model's answer are shown? Those of whole sentences; no thoughts, no markup, no addresses."""

import re

from kernel.errors import ProviderMalformed
from services.album.describing import plain_characters, whole_sentences, without_entities
from services.album.providers.euria.calls import NAME

LONGEST = 1200

_MOST_READ = 8000
# Each of these takes time in proportion to the text, or is bounded: it is a stranger's.
_THOUGHT_END = re.compile(r"</think(?:ing)?\s{0,9}>", re.IGNORECASE)
_THOUGHT_BEGINNING = re.compile(r"<think(?:ing)?\s{0,9}>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_LINE_MARK = re.compile(r"^[ \t]{0,9}(?:#{1,6}[ \t]|[-*+•][ \t]|>|```[a-z]{0,15}$|[-*_=]{3,80}$)", re.IGNORECASE | re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*_])([*_]{1,3}|`{1,3})(?=\S)([^*_`\n]{1,300})(?<=\S)\1(?![\w*_])")
_PLAIN_TAG = re.compile(r"</?(?:b|i|u|em|strong|small|span|sub|sup|cite|q|p|br)\s{0,9}/?>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!?]|&(?:lt|gt|#0{0,5}60|#x0{0,5}3c);", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.|\b(?:javascript|vbscript|data|mailto|file|tel):(?=\S)|\b[\w-]{1,63}\.[a-z]{2,10}/(?=\w))"
    r"[^\s<>\"]*",
    re.IGNORECASE,
)
_MARKS_AFTER_ADDRESS = ".,;:!?)]»”’"


def plain_words(content: str, *, is_whole: bool) -> str:
    """At most 1,200 characters, up to the end of a sentence; of a text that broke off, up to the last sentence it finished.

    Tags of a word's look go, an address becomes "…". Raises ProviderMalformed for any other HTML, and where no word is left.
    """
    said = _without_thoughts(content).strip()
    text = plain_characters(without_entities(said[:_MOST_READ]), lines=True)
    text = _PLAIN_TAG.sub("", _without_markdown(text))
    if _TAG.search(text):
        raise ProviderMalformed(NAME, "the text is HTML")
    text = " ".join(_ADDRESS.sub(_instead_of_address, text).split())
    if not is_whole or len(said) > _MOST_READ or len(text) > LONGEST:
        text = whole_sentences(text, LONGEST)
    if not any(character.isalpha() for character in text):
        raise ProviderMalformed(NAME, "the text has no whole sentence")
    return text


def _without_thoughts(content: str) -> str:
    """What follows the last thought; nothing of one that has no end. Some models leave out where a thought begins."""
    said = _THOUGHT_END.split(content)[-1]
    return _THOUGHT_BEGINNING.split(said, maxsplit=1)[0]


def _without_markdown(text: str) -> str:
    text = _LINK.sub(r"\1", _LINE_MARK.sub("", text))
    return _EMPHASIS.sub(r"\2", text)


def _instead_of_address(found: re.Match[str]) -> str:
    """With the marks that end the sentence, or the bracket, in which it stands; a gap would let its ends grow together."""
    address = found[0]
    return f"…{address[len(address.rstrip(_MARKS_AFTER_ADDRESS)) :]}"
