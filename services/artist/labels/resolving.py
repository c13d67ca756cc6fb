"""Which label brings out an artist's records, and which of them prove it?

Counted are albums and EPs; singles only where none of those has a label, and releases of unsaid kind only where those have none
either. Compilations, live records and remixes never count: other labels license them. Of each record, the first edition that
names a label speaks: the labels of reissues (Rhino, Legacy) have never signed the artist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.artist.domain import Release
from services.artist.labels.editions import Edition, Record, find_records
from services.artist.labels.names import SELF_RELEASED, label_key, usual_spelling

_TIERS = (frozenset({"album", "ep"}), frozenset({"single"}), frozenset({""}))
_LAST_RECORDS = 20
_MOST_PROOFS = 5
_MOST_CANDIDATES = 10

# Confidence: a start, and what each kind of support adds; between 0.3 and 0.95.
_ALONE = 0.4
_PER_PROOF, _PROOFS_THAT_ADD = 0.05, 4
_BOTH_METHODS = 0.2
_PROVIDERS_AGREE = 0.15
_PROVIDERS_DISAGREE = -0.15


class LabelMethod(StrEnum):
    """How the principal label is found."""

    LATEST_RELEASE = "latest_release"
    """The label of the newest record; one that is announced for the coming year counts, undated ones do not."""
    MOST_FREQUENT = "most_frequent"
    """The label of most of the last twenty records."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A release on which the label stands."""

    provider: str
    title: str
    id: str
    released: date | None
    url: str


@dataclass(frozen=True, slots=True)
class LabelCandidate:
    """A label, how many of the last twenty records are on it, and when the latest of them came out."""

    name: str
    records: int
    latest: date | None


@dataclass(frozen=True, slots=True)
class LabelVerdict:
    """The principal label; `principal` is "self-released" where there is none.

    `method` is the one used: without any date, the latest release cannot be told and the most frequent has to do. `since` is
    the first release of the label's latest unbroken run. `proofs` are one a record, newest first, at most five; `candidates`
    all labels, best first, at most ten.
    """

    principal: str
    method: LabelMethod
    confidence: float
    is_self_released: bool
    since: date | None
    proofs: tuple[Proof, ...]
    candidates: tuple[LabelCandidate, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one record says: the labels of its speaking edition by `label_key`, imprint first, as they are spelt there."""

    released: date | None
    labels: Mapping[str, str]
    speaker: Edition


def resolve_labels(releases: Mapping[str, Sequence[Release]], method: LabelMethod, *, today: date) -> LabelVerdict | None:
    """The principal label by what each provider tells of the artist's releases; None where no label is known.

    Neither the order of providers nor of releases matters.
    """
    for kinds in _TIERS:
        counted = {provider: [each for each in own if each.kind in kinds] for provider, own in releases.items()}
        if votes := _votes(counted, today):
            alone = [own for provider in counted if (own := _votes({provider: counted[provider]}, today))]
            return _verdict(votes, alone, method)
    return None


def _verdict(votes: Sequence[_Vote], alone: Sequence[Sequence[_Vote]], wanted: LabelMethod) -> LabelVerdict:
    method = wanted if any(vote.released for vote in votes) else LabelMethod.MOST_FREQUENT
    ranked = _rank(votes, method)
    proving = [vote for vote in votes if ranked[0] in vote.labels]
    return LabelVerdict(
        principal=_name(ranked[0], votes),
        method=method,
        confidence=_confidence(ranked[0], votes, alone, method),
        is_self_released=ranked[0] == SELF_RELEASED,
        since=_since(ranked[0], votes),
        proofs=tuple(_proof(vote.speaker) for vote in proving[:_MOST_PROOFS]),
        candidates=tuple(_candidate(key, votes) for key in ranked[:_MOST_CANDIDATES]),
    )


def _votes(releases: Mapping[str, Sequence[Release]], today: date) -> list[_Vote]:
    """Newest first, undated last."""
    return [vote for record in find_records(releases, today=today) if (vote := _vote(record))]


def _vote(record: Record) -> _Vote | None:
    for edition in record.editions:
        labels: dict[str, str] = {}
        for name in edition.release.labels:
            if key := label_key(name):
                labels.setdefault(key, name)
        if labels:
            return _Vote(record.released, labels, edition)
    return None


def _rank(votes: Sequence[_Vote], method: LabelMethod) -> list[str]:
    """The labels of the last records, best first."""
    counted = votes[:_LAST_RECORDS]
    weights: dict[str, Fraction] = {}
    places: dict[str, tuple[int, int]] = {}
    for vote in counted:
        shares = _shares(vote)
        day = vote.released.toordinal() if vote.released else 0
        for place, key in enumerate(vote.labels):
            weights[key] = weights.get(key, Fraction()) + shares[place]
            places[key] = min(places.get(key, (0, place)), (-day, place))

    def strength(key: str) -> tuple[object, ...]:
        if method is LabelMethod.LATEST_RELEASE:
            return (*places[key], -weights[key], key)
        return (-weights[key], *places[key], key)

    return sorted(weights, key=strength)


def _shares(vote: _Vote) -> list[Fraction]:
    """A record's one vote split among its labels; the imprint has the largest share, since who owns it says less."""
    parts = [Fraction(1, place) for place in range(1, len(vote.labels) + 1)]
    return [part / sum(parts, Fraction()) for part in parts]


def _confidence(key: str, votes: Sequence[_Vote], alone: Sequence[Sequence[_Vote]], method: LabelMethod) -> float:
    proofs = sum(key in vote.labels for vote in votes[:_LAST_RECORDS])
    confidence = _ALONE + _PER_PROOF * min(proofs, _PROOFS_THAT_ADD)
    is_dated = any(vote.released for vote in votes)
    if is_dated and all(_rank(votes, each)[0] == key for each in LabelMethod):
        confidence += _BOTH_METHODS
    if len(alone) > 1:
        agree = all(_rank(own, method)[0] == key for own in alone)
        confidence += _PROVIDERS_AGREE if agree else _PROVIDERS_DISAGREE
    return round(confidence, 2)


def _since(key: str, votes: Sequence[_Vote]) -> date | None:
    """When the run of records on the label began that ends with its latest record."""
    began: date | None = None
    for vote in votes:
        if vote.released is None or (began and key not in vote.labels):
            break
        if key in vote.labels:
            began = vote.released
    return began


def _candidate(key: str, votes: Sequence[_Vote]) -> LabelCandidate:
    bearing = [vote for vote in votes[:_LAST_RECORDS] if key in vote.labels]
    return LabelCandidate(_name(key, votes), len(bearing), bearing[0].released)


def _name(key: str, votes: Sequence[_Vote]) -> str:
    return usual_spelling(key, [vote.labels[key] for vote in votes if key in vote.labels])


def _proof(edition: Edition) -> Proof:
    release = edition.release
    return Proof(edition.provider, release.title, release.id, edition.released, release.url)
