"""Which releases are editions of one record, whoever told of them?"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.artist.domain import Release
from upstreams.titles import title_key

# Further ahead than records are announced: 2099-12-31 and the like stand for "no date yet".
_LONGEST_ANNOUNCED = timedelta(days=365)
# Editions that come years after their record. "Deluxe" does not tell: many records have no other edition.
_LATE = re.compile(r"\b(?:re-?master|re-?issue|anniversary)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Edition:
    """One release as one provider tells of it; `released` is None for dates that stand for none."""

    provider: str
    release: Release
    released: date | None

    @property
    def day(self) -> date:
        return self.released or date.max

    @property
    def age(self) -> tuple[object, ...]:
        """Sorts the oldest first and the undated last, always in the same order."""
        release = self.release
        return (self.day, self.provider, release.id, release.title, release.labels, release.url)


@dataclass(frozen=True, slots=True)
class Record:
    """What its editions share. `released` is when the first came out, None when unknown or when only late editions are known."""

    editions: tuple[Edition, ...]
    """Oldest first, at least one."""

    @property
    def released(self) -> date | None:
        if all(_LATE.search(edition.release.title) for edition in self.editions):
            return None  # the remaster is all a provider has: its date would make an old record the latest
        return self.editions[0].released


def find_records(releases: Mapping[str, Sequence[Release]], *, today: date) -> tuple[Record, ...]:
    """The records of these releases by provider, newest first, undated last; in whatever order they are given.

    Editions are one record by the provider's own `group_id`, else by title (titles.title_key). Records of several providers are
    the same by title; where one provider tells several of one title apart, the others' join the latest that came before them.
    """
    editions = [Edition(provider, each, _believable(each.released, today)) for provider, own in releases.items() for each in own]
    by_title: dict[str, list[list[Edition]]] = {}
    for bundle in _bundle(sorted(editions, key=lambda edition: edition.age)):
        by_title.setdefault(_title_of(bundle), []).append(bundle)
    records = [Record(tuple(joined)) for bundles in by_title.values() for joined in _join(bundles)]
    return tuple(sorted(records, key=_newest_first))


def _believable(released: date | None, today: date) -> date | None:
    return released if released is not None and released - today <= _LONGEST_ANNOUNCED else None


def _bundle(editions: Iterable[Edition]) -> list[list[Edition]]:
    """What one provider itself has as one record; those without title and group belong to none."""
    bundles: dict[tuple[str, str, str], list[Edition]] = {}
    for edition in editions:
        release = edition.release
        if release.group_id or release.title:
            name = "" if release.group_id else title_key(release.title)
            bundles.setdefault((edition.provider, release.group_id, name), []).append(edition)
    return list(bundles.values())


def _title_of(bundle: Sequence[Edition]) -> str:
    first = bundle[0].release
    return title_key(first.group_title or first.title)


def _join(bundles: list[list[Edition]]) -> list[list[Edition]]:
    """Joins what bears the same title. Several records of one name ("Weezer") stay apart as the provider that knows most says."""
    grouped = Counter(bundle[0].provider for bundle in bundles if bundle[0].release.group_id)
    knows_most = min(grouped, key=lambda provider: (-grouped[provider], provider), default="")
    anchors = [bundle for bundle in bundles if bundle[0].provider == knows_most and bundle[0].release.group_id] or bundles[:1]
    homes = [list(anchor) for anchor in anchors]
    for bundle in bundles:
        if not any(bundle is anchor for anchor in anchors):
            before = [place for place, anchor in enumerate(anchors) if anchor[0].day <= bundle[0].day]
            homes[before[-1] if before and bundle[0].released else 0].extend(bundle)
    return [sorted(home, key=lambda edition: edition.age) for home in homes]


def _newest_first(record: Record) -> tuple[int, tuple[object, ...]]:
    return (-record.released.toordinal() if record.released else 0, record.editions[0].age)
