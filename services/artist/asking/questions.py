"""What can be asked of whom, and when? Each question says what must be known before it can be put, and what comes before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from facts.asking import Asker, Reply, reply_to
from kernel.evidence import Answer, Found, Reading, Source
from services.artist.domain import Artist, ArtistId, ArtistName, Identity, IdScheme, Kind, match_key

NAME = "name"
NAMESAKES = "namesakes"
STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a round of questions is about, as far as the answers so far tell.

    `namesakes` are the MusicBrainz ids of those among whom it is not decided yet; `stranger` is one that somebody gave for the
    artist and its own directory has not spoken of.
    """

    who: Identity
    language: str
    namesakes: tuple[str, ...] = ()
    stranger: str = ""

    def knows(self, need: str) -> bool:
        """Whether what a question needs, a scheme or one of the words above, is known."""
        match need:
            case "name":
                return bool(self.who.name)
            case "namesakes":
                return len(self.namesakes) > 1 and self.who.mbid is None
            case "stranger":
                return bool(self.stranger)
            case _:
                return bool(getattr(self.who, need))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask one provider.

    `needs` must all be known, `unless` must not be; `after` are names of questions that are waited for if they will be asked.
    `leisurely`: nobody who waits is kept waiting for it, it is left to a job. `slow`: who waits may leave before it is answered,
    and it is answered all the same.
    """

    provider: str
    kind: Kind
    find: Callable[[Subject], Answer[Any]]
    key: Callable[[Subject], str]
    asker: Asker[Any]
    _: KW_ONLY
    needs: tuple[str, ...]
    unless: str = ""
    after: tuple[str, ...] = ()
    step: str = ""
    leisurely: Callable[[Subject], bool] = field(default=lambda _: False)
    slow: bool = False
    has_text: bool = False
    """Whether its answer differs by language."""
    find_many: Callable[[Sequence[Identity]], Mapping[Identity, Answer[Any]]] | None = None
    """Of many at the price of one question; whoever is left out was not asked about."""

    @property
    def name(self) -> str:
        """Tells it from every other: `provider/kind` or `provider/kind/step`."""
        return "/".join(filter(None, (self.provider, self.kind, self.step)))

    def is_askable(self, subject: Subject) -> bool:
        return all(map(subject.knows, self.needs)) and not (self.unless and subject.knows(self.unless))

    def ask(self, subject: Subject, *, force: bool) -> Reply[Any]:
        """What the provider says now, or said lately unless `force` is set. Never raises a ProviderFault."""
        return self.asker.ask(self.key(subject), lambda: self.find(subject), force=force)

    def ask_many(self, many: Sequence[Identity]) -> dict[Identity, Reply[Any]]:
        """What the provider says of each; a fault is everybody's. Whoever is left out is to be asked about alone."""
        guard, find_many = self.asker.guard, self.find_many
        if find_many is None:
            return {}

        def ask() -> Reading[Any]:
            answers = guard.call(self.asker.operation, lambda: Found(find_many(many)))
            return Reading(answers, self.asker.clock.now(), Source.PROVIDER)

        reply: Reply[Any] = reply_to(self.provider, self.asker.clock, ask)
        if not isinstance(reply.outcome, Found):
            return dict.fromkeys(many, reply)
        return {who: replace(reply, outcome=answer) for who, answer in reply.outcome.value.items()}

    def language(self, subject: Subject) -> str:
        """The language its answer is in; empty for all that is no text."""
        return subject.language if self.has_text else ""


@dataclass(frozen=True, slots=True)
class Target:
    """Which artist a read is about; `artist` is None until it is written down. `asked` is how the caller named it, or, where it
    was an id that the caller gave (not `is_named`), its name with us.
    """

    asked: ArtistName
    artist: Artist | None = None
    is_named: bool = True

    @property
    def key(self) -> str:
        """Names the artist in the caches."""
        if self.artist:
            return dossier_key(self.artist.id)
        return f"artist:asked:{match_key(self.asked.name)}:{self.asked.mbid or ''}:{self.asked.spotify_id or ''}"

    @property
    def who(self) -> Identity:
        """What the caller and the artist's row say; the claims decide about ids."""
        return Identity(self.artist.name if self.artist else self.asked.name)


def dossier_key(artist_id: ArtistId) -> str:
    """The cache's name of all that is known of one artist."""
    return f"artist:{artist_id}"


def by_name(about: str, rest: str = "") -> Callable[[Subject], str]:
    """Keys of what is asked by name: operators look for `lastfm:artist:{name}` and `lastfm:similar:{name}:50` in Redis."""

    def key(subject: Subject) -> str:
        namesake = f":{subject.who.mbid}" if subject.who.mbid else ""
        return f"{about}:{match_key(subject.who.name)}{rest}{namesake}"

    return key


def by_id(about: str, scheme: IdScheme) -> Callable[[Subject], str]:
    """Keys of what is asked by an id."""
    return lambda subject: f"{about}:{getattr(subject.who, scheme)}"
