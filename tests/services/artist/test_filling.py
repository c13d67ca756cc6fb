"""services/artist/filling.py and the ratio that services/artist/metrics.py makes of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from facts.values import Image, Tag
from services.artist.asking.filling import filled_fields
from services.artist.domain import (
    Audience,
    Biography,
    IdentityMatch,
    Kind,
    ListenCounts,
    Management,
    Manager,
    Profile,
    Release,
    SimilarName,
)
from services.artist.metrics import ArtistMeter

MATCH = IdentityMatch("Radiohead", spotify_id="4Z8W4fKeB5YxbusRsdQVPb", genres=("art rock",))
PAGE = Profile("Radiohead", listeners=0, biography=Biography("en", "short", "long"), images=(Image("large", "https://x.org/a"),))
RELEASES = (Release("1", "One", date(1997, 1, 1), labels=("Parlophone",)), Release("2", "Two", None))
MANAGED = Management((Manager("Q1", {"en": "Somebody"}, "manager"), Manager("Q2", {}, "manager")), MATCH)

ANSWERS: dict[Kind, tuple[Any, set[str]]] = {
    Kind.IDENTITY: (MATCH, {"spotify_id", "genres"}),
    Kind.LINKS: (MATCH, {"spotify_id", "genres"}),
    Kind.PROFILE: (PAGE, {"listeners", "bio", "images"}),
    Kind.TAGS: ((Tag("rock", 100),), {"tags"}),
    Kind.SIMILAR: ((SimilarName("Thom Yorke", 1.0, 1),), {"similar"}),
    Kind.MONTHLY_LISTENERS: (Audience(monthly_listeners=5), {"monthly_listeners"}),
    Kind.LISTENS: (ListenCounts(None, 3), {"listenbrainz_listens"}),
    Kind.LABELS: (RELEASES, {"labels", "released"}),
    Kind.MANAGEMENT: (MANAGED, {"managers", "names"}),
}


def shown(registry: CollectorRegistry, provider: str) -> Mapping[str, float]:
    samples = (sample for family in registry.collect() for sample in family.samples if sample.name == "field_fill_ratio")
    return {sample.labels["field"]: sample.value for sample in samples if sample.labels["provider"] == provider}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def meter(registry: CollectorRegistry) -> ArtistMeter:
    return ArtistMeter(registry)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_answer_tells_which_fields_it_filled(kind: Kind):
    value, filled = ANSWERS[kind]

    assert {field for field, share in filled_fields(kind, value).items() if share} == filled


def test_of_a_list_the_share_of_rows_with_the_field_counts():
    assert filled_fields(Kind.LABELS, RELEASES) == {"labels": 0.5, "released": 0.5}
    assert filled_fields(Kind.MANAGEMENT, MANAGED) == {"managers": True, "names": 0.5}


def test_an_empty_list_has_filled_nothing():
    assert filled_fields(Kind.LABELS, ()) == {"labels": 0.0, "released": 0.0}


def test_the_ratio_falls_when_a_provider_stops_filling_a_field(meter: ArtistMeter, registry: CollectorRegistry):
    meter.answered("apify", {"monthly_listeners": True})
    meter.answered("apify", {"monthly_listeners": False})

    assert shown(registry, "apify") == {"monthly_listeners": 0.5}


def test_only_the_last_answers_count(meter: ArtistMeter, registry: CollectorRegistry):
    for filled in [False] * 10 + [True] * 200:
        meter.answered("apify", {"monthly_listeners": filled})

    assert shown(registry, "apify") == {"monthly_listeners": 1.0}


def test_an_expected_field_stands_at_nothing_from_the_first_answer_without_it(meter: ArtistMeter, registry: CollectorRegistry):
    meter.answered("spotify", filled_fields(Kind.PROFILE, Profile("Radiohead")))

    assert shown(registry, "spotify") == {"url": 0.0, "images": 0.0}


def test_another_field_appears_once_it_was_filled_and_then_counts_every_answer(meter: ArtistMeter, registry: CollectorRegistry):
    meter.answered("spotify", {"followers": False})
    before = shown(registry, "spotify")

    meter.answered("spotify", {"followers": True})

    assert before == {}
    assert shown(registry, "spotify") == {"followers": 0.5}
