"""How far is a scan, as its job remembers it?"""

from dataclasses import dataclass
from typing import Any

from services.album.domain import AlbumId
from services.album.scanning.walking import Place


@dataclass(frozen=True, slots=True)
class Progress:
    """What the attempts before have written, for the next one."""

    place: Place | None = None
    bugs: int = 0
    """Bugs of ours that have ended attempts here, in a row."""
    untold: tuple[AlbumId, ...] = ()
    """Albums of which something was written, and perhaps nobody told."""

    def to_json(self) -> dict[str, Any]:
        """JSON knows no bytes; Latin-1 has a letter for each."""
        place = None if self.place is None else [part.decode("latin-1") for part in self.place]
        return {"place": place, "bugs": self.bugs, "untold": list(self.untold)}

    @classmethod
    def from_json(cls, told: Any) -> "Progress":
        if not told:
            return cls()
        place = Place(*(part.encode("latin-1") for part in told["place"])) if told["place"] else None
        return cls(place, told["bugs"], tuple(map(AlbumId, told["untold"])))
