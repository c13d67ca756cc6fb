"""How are many artists enriched together? One question for all to those that can answer for many, the rest each for itself."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from facts.asking import Reply
from kernel.errors import NotFound, ProviderFault, Refused, SoniqueBayError
from kernel.jobs import JobContext
from kernel.parallel import Fanout
from services.artist.asking.questions import Question
from services.artist.asking.research import Research, Wish, identity_of
from services.artist.domain import ArtistRef, Identity, Kind
from services.artist.dossier import Dossier
from services.artist.pipeline import ArtistPipeline

_WHO_IS_IT = (Kind.IDENTITY, Kind.LINKS)

Given = dict[int, dict[str, Reply[Any]]]
"""Answers at hand, by the artist's place in the batch and by question."""


class BatchWork:
    """Does the job of one batch; what an earlier attempt has done is not done again."""

    def __init__(self, pipeline: ArtistPipeline, research: Research, *, fanout: Fanout) -> None:
        """`fanout` is this work's own: the pipeline asks through another."""
        self._pipeline = pipeline
        self._research = research
        self._fanout = fanout

    def run(self, context: JobContext) -> None:
        """Raises LeaseLost when the job is no longer ours."""
        payload = context.job.payload
        done: list[tuple[int, str]] = [(at, error) for at, error in (context.job.progress or {}).get("done", ())]
        over = dict(done)
        refs = {at: ArtistRef.parse(written) for at, written in enumerate(payload["artist_ids"]) if at not in over}
        wish = Wish(payload["language"], force=payload["force"], is_waited_for=False)
        given = self._ask_for_all(refs, wish)
        lock = threading.Lock()  # guards done, and keeps the commits in its order

        def enrich(at: int, ref: ArtistRef) -> None:
            error = self._enrich(ref, Wish(wish.language, force=wish.force, is_waited_for=False, given=given.get(at)))
            with lock:
                done.append((at, error))
                with context.commit({"done": done}):
                    """The artist itself is committed already: done twice, it is done once."""

        calls = {at: partial(enrich, at, ref) for at, ref in refs.items()}
        self._fanout.run(lambda _: calls)

    def _enrich(self, ref: ArtistRef, wish: Wish) -> str:
        """Why it failed, or nothing."""
        try:
            self._pipeline.enrich(ref, wish)
        except (Refused, ProviderFault) as error:
            return str(error)
        return ""

    def _ask_for_all(self, refs: Mapping[int, ArtistRef], wish: Wish) -> Given:
        """Asks every question that can be put for many at once, for those of the artists for whom it is due."""
        due = self._fanout.run(lambda _: {at: partial(self._due, ref, wish) for at, ref in refs.items()})
        asked: defaultdict[str, dict[int, Identity]] = defaultdict(dict)
        questions: dict[str, Question] = {}
        for at, (who, asking) in due.items():
            for question in asking:
                if question.find_many is not None:
                    questions[question.name] = question
                    asked[question.name][at] = who
        calls = {name: partial(questions[name].ask_many, [*asked[name].values()]) for name in questions}
        given: Given = {at: {} for at in refs}
        for name, replies in self._fanout.run(lambda _: calls).items():
            for at, who in asked[name].items():
                if who in replies:
                    given[at][name] = replies[who]
        return given

    def _due(self, ref: ArtistRef, wish: Wish) -> tuple[Identity, list[Question]]:
        """Who is meant, which is asked for where it is not known, and what is due of it. Nothing of whom that cannot be said:
        the artist's own turn will tell why.
        """
        dossier = self._held(ref)
        if dossier is None and not wish.force and self._pipeline.is_known_absent(ref):
            return Identity(), []  # else it would be paid for at each batch it is in
        if dossier is None and ref.spotify_id is not None:
            return self._research.due_of_unknown(Identity(spotify_id=ref.spotify_id), wish)
        if dossier is None or identity_of(dossier).spotify_id is None:
            try:
                dossier = self._pipeline.enrich(ref, Wish(wish.language, _WHO_IS_IT, is_waited_for=False)).value
            except SoniqueBayError:
                return Identity(), []
        return identity_of(dossier), self._research.due(dossier, wish)

    def _held(self, ref: ArtistRef) -> Dossier | None:
        try:
            return self._pipeline.get(ref).value
        except NotFound:
            return None
