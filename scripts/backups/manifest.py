"""What does a backup say of itself? Where it is from, and what must be in it, byte by byte."""

import re
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scripts.backups.system import APPS, NotDone

NAME: Final = "manifest.json"
DUMP: Final = "database.dump"
FORMAT: Final = 1
LARGEST: Final = 256 * 2**20
"""Bytes of a manifest; that of a million files is smaller."""
_IMAGE: Final = r"covers/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}/[0-9]{1,5}\.(?:jpg|png)"
_MEMBER: Final = re.compile(rf"databases/(?:{'|'.join(APPS)})\.sqlite|{re.escape(DUMP)}|{_IMAGE}", re.ASCII)

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Member(_Said):
    """One file."""

    bytes: int = Field(ge=0)
    sha256: Digest


class Manifest(_Said):
    """The last file of a backup: one that was cut off has none."""

    format: int
    made_at: AwareDatetime
    kind: str
    """SQLite or PostgreSQL."""
    realm: str
    tables: dict[str, str]
    """The newest migration of each app's tables."""
    members: dict[str, Member]


class _Format(_Said):
    format: int


def is_member(name: str) -> bool:
    """Whether a backup has files of this name: none leads out of the folder it is put into."""
    return _MEMBER.fullmatch(name) is not None


def database_of(app: str) -> str:
    return f"databases/{app}.sqlite"


def parse(content: bytes) -> Manifest:
    """Raises NotDone."""
    try:
        if _Format.model_validate_json(content).format > FORMAT:
            raise NotDone("This backup was made by a newer version: restore it with that one.")
        found = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise NotDone("This is no backup of SoniqueBay: its manifest cannot be read.") from error
    if found.format != FORMAT or found.kind not in ("SQLite", "PostgreSQL") or not all(map(is_member, found.members)):
        raise NotDone("This is no backup of SoniqueBay: its manifest says what none does.")
    return found
