"""When is a text written about an album, and from what?"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from facts.values import Text
from kernel.clock import Clock
from kernel.jobs import JobStore, Lane
from services.album.asking import Learned, Policy, Question, facts_of_album, learn
from services.album.briefs import make_brief
from services.album.domain import AlbumField, Brief, Genre, Kind
from services.album.dossier import AlbumDossier, AlbumTrust
from services.album.enriching import Shelf
from services.album.storing.dossiers import ENRICH_ALBUM

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
    language: str
    jobs: JobStore
    clock: Clock

    def plan(self, dossier: AlbumDossier) -> None:
        """A job writes the text of an album that somebody has looked at, where there is none, or it is due."""
        if self.question is not None and self._is_due(dossier, self.question):
            key = f"{ENRICH_ALBUM}:{dossier.id}"
            self.jobs.enqueue(ENRICH_ALBUM, {"album_id": dossier.id}, lane=Lane.NORMAL, dedupe_key=key)

    def describe(self, album_id: str) -> None:
        """Asks for a text where there is none, or it is due; no answer only becomes a check."""
        question, dossier, language = self.question, self.shelf.load(album_id), self.language
        if question is None or dossier is None or not self._is_due(dossier, question):
            return
        check = dossier.check(question.provider, Kind.DESCRIPTION, language)
        # Of the same facts the same text is remembered: that will not do where it was found wanting.
        reply = question.ask(self.brief(dossier), language, force=check is not None and check.is_answer)
        learned: Learned[AlbumField, Any, Kind] = learn(
            dossier, [(question, reply)], language=language, freshness=self.policy.freshness, facts_of=facts_of_album
        )
        self.shelf.save(album_id, learned)
        self.forget(album_id)

    def brief(self, dossier: AlbumDossier) -> Brief:
        """What the writer is told: what is shown of the album, no more."""

        def shown(field: AlbumField) -> Any:
            best = dossier.chosen(field, trust=self.trust, languages=(self.language,))
            return best.value if best else None

        wiki = shown(AlbumField.WIKI)
        return make_brief(
            self.language,
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

    def _is_due(self, dossier: AlbumDossier, question: Question[Brief, Kind]) -> bool:
        if not dossier.is_answered or dossier.locked(AlbumField.DESCRIPTION):
            return False  # nothing to write from, or a person wrote it
        check = dossier.check(question.provider, Kind.DESCRIPTION, self.language)
        return check is None or check.next_check_at <= self.clock.now()


def digest(brief: Brief) -> str:
    """The same facts in the same language lead to the same text."""
    told = "\n".join(f"{key}: {value}" for key, value in brief.facts)
    return sha256(f"{brief.language}\n{told}".encode(errors="replace")).hexdigest()[:32]
