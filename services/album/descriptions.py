"""When is a text written about an album, and from what?"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from facts.values import Text
from kernel.clock import Clock
from services.album.asking import Learned, Policy, Question, facts_of_album, learn
from services.album.briefs import make_brief
from services.album.domain import AlbumField, Brief, Genre, Kind
from services.album.dossier import AlbumDossier, AlbumTrust
from services.album.enriching import Shelf

ForgetAlbum = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Describing:
    """Has albums described from what is known of them; never for somebody who waits. `question` is None where nobody writes."""

    question: Question[Brief, Kind] | None
    shelf: Shelf[AlbumDossier]
    trust: AlbumTrust
    genres: Callable[[AlbumDossier], tuple[Genre, ...]]
    policy: Policy[Kind]
    forget: ForgetAlbum
    clock: Clock

    def describe(self, album_id: str, language: str) -> None:
        """Asks for a text where there is none, or it is due; no answer only becomes a check."""
        question, dossier = self.question, self.shelf.load(album_id)
        if question is None or dossier is None or not self._is_due(dossier, question, language):
            return
        reply = question.ask(self.brief(dossier, language), language, force=False)
        learned: Learned[AlbumField, Any, Kind] = learn(
            dossier, [(question, reply)], language=language, freshness=self.policy.freshness, facts_of=facts_of_album
        )
        self.shelf.save(album_id, learned)
        self.forget(album_id)

    def brief(self, dossier: AlbumDossier, language: str) -> Brief:
        """What the writer is told: what is shown of the album, no more."""

        def shown(field: AlbumField) -> Any:
            best = dossier.chosen(field, trust=self.trust, languages=(language,))
            return best.value if best else None

        wiki = shown(AlbumField.WIKI)
        return make_brief(
            language,
            title=dossier.album.title,
            artist=dossier.album.artist_name,
            released=shown(AlbumField.RELEASED) or "",
            kind=shown(AlbumField.KIND) or "",
            labels=shown(AlbumField.LABELS) or (),
            genres=tuple(genre.name for genre in self.genres(dossier)),
            tracks=shown(AlbumField.TRACKS) or (),
            listeners=shown(AlbumField.LISTENERS),
            playcount=shown(AlbumField.PLAYCOUNT),
            wiki=wiki if isinstance(wiki, Text) else None,
        )

    def _is_due(self, dossier: AlbumDossier, question: Question[Brief, Kind], language: str) -> bool:
        if not dossier.is_answered or dossier.locked(AlbumField.DESCRIPTION):
            return False  # nothing to write from, or a person wrote it
        check = dossier.check(question.provider, Kind.DESCRIPTION, language)
        return check is None or check.next_check_at <= self.clock.now()


def digest(brief: Brief) -> str:
    """The same facts in the same language lead to the same text."""
    told = "\n".join(f"{key}: {value}" for key, value in brief.facts)
    return sha256(f"{brief.language}\n{told}".encode(errors="replace")).hexdigest()[:32]
