"""services/artist/labels.py with editions.py and label_names.py: which label brings out an artist's records."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.artist.domain import Release
from services.artist.labels.editions import find_records
from services.artist.labels.names import SELF_RELEASED, label_key
from services.artist.labels.resolving import LabelMethod, LabelVerdict, resolve_labels

LATEST, FREQUENT = LabelMethod.LATEST_RELEASE, LabelMethod.MOST_FREQUENT
TODAY = date(2026, 1, 1)


def release(
    title: str, released: str | None, *labels: str, group: str = "", kind: str = "album", precision: str = "day"
) -> Release:
    day = date.fromisoformat(released) if released else None
    name = f"{title} {released} {labels}"
    return Release(name, title, day, precision, labels, group, kind=kind, url=f"https://example.org/{len(name)}")


# Two labels, the first until 2019, with editions of every sort.
HALCYON = [
    release("Undersea Cables", "2016-03-04", "Wax Orchard", group="g1"),
    release("Undersea Cables (Deluxe Edition)", "2016-09-16", "Wax Orchard", group="g1"),
    release("Night Ferries", "2017-10-06", "Wax Orchard", group="g2"),
    release("Night Ferries (Remastered)", "2023-10-06", "Meridian Static", group="g2"),
    release("Night Ferries", "2019-01-01", group="g2", precision="year"),
    release("Signal Gardens", "2019-05-10", "Wax Orchard Records", group="g3"),
    release("Slow Weather", "2020-06-05", "Wax Orchard", group="g4", kind="ep"),
    release("Apertures", "2022-04-08", "Meridian Static", group="g5"),
    release("The Long Exposure", "2024-11-15", "Meridian Static", group="g6"),
    release("Live at the Lighthouse", "2025-08-01", "Harbour Tapes", group="g7", kind="live"),
]


def resolve(releases: list[Release], method: LabelMethod = LATEST) -> LabelVerdict:
    verdict = resolve_labels({"musicbrainz": releases}, method, today=TODAY)
    assert verdict is not None
    return verdict


def test_the_latest_release_and_the_most_frequent_label_may_differ():
    latest, frequent = resolve(HALCYON, LATEST), resolve(HALCYON, FREQUENT)

    assert (latest.principal, latest.method, latest.since) == ("Meridian Static", LATEST, date(2022, 4, 8))
    assert (frequent.principal, frequent.method, frequent.since) == ("Wax Orchard", FREQUENT, date(2016, 3, 4))


def test_the_releases_that_prove_it_are_told_newest_first_one_a_record():
    verdict = resolve(HALCYON)

    assert [(proof.title, proof.released) for proof in verdict.proofs] == [
        ("The Long Exposure", date(2024, 11, 15)),
        ("Apertures", date(2022, 4, 8)),
    ]
    assert {proof.provider for proof in verdict.proofs} == {"musicbrainz"}
    assert all(proof.url and proof.id for proof in verdict.proofs)


def test_candidates_are_all_labels_best_first_with_their_records():
    told = [(each.name, each.records, each.latest) for each in resolve(HALCYON, FREQUENT).candidates]

    assert told == [("Wax Orchard", 4, date(2020, 6, 5)), ("Meridian Static", 2, date(2024, 11, 15))]


def test_at_most_five_proofs_and_ten_candidates():
    many = [release(f"Record {year}", f"{year}-01-01", f"Label {year}", "One House") for year in range(2000, 2015)]

    verdict = resolve(many, FREQUENT)

    assert verdict.principal == "One House"
    assert (len(verdict.proofs), len(verdict.candidates)) == (5, 10)


def test_a_remaster_of_an_old_record_is_not_the_latest_release():
    releases = [release("First", "1975-01-01", "Harvest"), release("First - 2011 Remaster", "2011-01-01", "Rhino")]

    assert resolve([*releases, release("Second", "1980-01-01", "Capitol")]).principal == "Capitol"


def test_a_remaster_without_its_original_is_of_unknown_date():
    releases = [release("First (Remastered)", "2023-01-01", "Rhino"), release("Second", "1980-01-01", "Capitol")]

    assert resolve(releases).principal == "Capitol"


def test_the_first_edition_that_names_a_label_speaks_for_the_record():
    releases = [
        release("First", "1979-01-01", group="g"),
        release("First", "1981-01-01", "Factory", group="g"),
        release("First", "1999-01-01", "London", group="g"),
    ]

    verdict = resolve(releases)

    assert verdict.principal == "Factory"
    assert verdict.since == date(1979, 1, 1)


def test_only_the_last_twenty_records_are_counted():
    old = [release(f"Old {year}", f"{year}-01-01", "Old House") for year in range(1950, 1980)]
    new = [release(f"New {year}", f"{year}-01-01", "New House") for year in range(1990, 2010)]

    verdict = resolve(old + new, FREQUENT)

    assert [(each.name, each.records) for each in verdict.candidates] == [("New House", 20)]


def test_compilations_live_records_remixes_and_others_never_count():
    kinds = ["compilation", "live", "remix", "other"]

    assert resolve_labels({"a": [release(kind, "2020-01-01", "X", kind=kind) for kind in kinds]}, LATEST, today=TODAY) is None


def test_singles_count_only_where_no_album_has_a_label():
    single = release("Song", "2025-01-01", "Single House", kind="single")
    album, bare = release("Album", "2020-01-01", "Album House"), release("Album", "2020-01-01")

    assert resolve([single, album]).principal == "Album House"
    assert resolve([single, bare]).principal == "Single House"


def test_releases_of_unsaid_kind_count_where_nothing_else_does():
    unsaid = release("Thing", "2025-01-01", "Somebody", kind="")

    assert resolve([unsaid]).principal == "Somebody"
    assert resolve([unsaid, release("Song", "2001-01-01", "Single House", kind="single")]).principal == "Single House"


@pytest.mark.parametrize(
    "written", ["[no label]", "Self-Released", "self released", "Not On Label", "Not On Label (X Self-released)"]
)
def test_no_label_is_said_in_many_ways_and_told_in_one(written):
    verdict = resolve([release("First", "2020-01-01", written)])

    assert (verdict.principal, verdict.is_self_released) == (SELF_RELEASED, True)


def test_a_label_is_shown_as_it_is_usually_spelt():
    spellings = ["XL Recordings", "XL", "xl recordings ltd.", "XL Recordings"]
    releases = [release(f"Record {place}", f"200{place}-01-01", name) for place, name in enumerate(spellings)]

    verdict = resolve(releases)

    assert (verdict.principal, verdict.candidates[0].records, verdict.is_self_released) == ("XL Recordings", 4, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("XL Recordings", "xl"),
        ("Kitsuné", "Kitsune Music"),
        ("4AD", "4AD Ltd."),
        ("Domino Recording", "DOMINO RECORDS LIMITED"),
        ("[no label]", "Not on label (Somebody Self-released)"),
    ],
)
def test_spellings_of_one_label_have_one_key(one, other):
    assert label_key(one) == label_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Music", "Records"), ("Warp", "Warped"), ("!!!", "???"), ("Not Now Music", "[no label]")]
)
def test_different_labels_keep_different_keys(one, other):
    assert label_key(one) != label_key(other)


@pytest.mark.parametrize("name", ["", "  ", "[unknown]", "[none]", "N/A", "-"])
def test_words_for_an_unknown_label_are_no_label(name):
    assert label_key(name) == ""
    assert resolve_labels({"a": [release("First", "2020-01-01", name)]}, LATEST, today=TODAY) is None


@pytest.mark.parametrize("method", LabelMethod)
def test_of_several_labels_on_a_release_the_imprint_leads(method):
    releases = [release(f"Record {year}", f"{year}-01-01", "Zebra Imprint", "A Parent") for year in (2001, 2002)]

    assert [each.name for each in resolve(releases, method).candidates] == ["Zebra Imprint", "A Parent"]


def test_undated_releases_are_never_the_latest_and_without_any_date_the_most_frequent_has_to_do():
    undated = [release("A", None, "Often"), release("B", None, "Often"), release("C", None, "Rarely")]

    assert resolve([*undated, release("D", "1990-01-01", "Dated")]).principal == "Dated"
    verdict = resolve(undated)
    assert (verdict.principal, verdict.method, verdict.since) == ("Often", FREQUENT, None)


def test_a_release_announced_for_the_coming_year_counts_and_a_placeholder_date_does_not():
    past = release("Past", "2020-01-01", "Old House")

    assert resolve([past, release("Soon", "2026-10-01", "New House")]).principal == "New House"
    assert resolve([past, release("Some day", "2099-12-31", "New House")]).principal == "Old House"


def test_the_run_is_unbroken_and_ends_with_the_latest():
    labels = ["A", "B", "A", "A"]
    releases = [release(f"Record {year}", f"{year}-01-01", label) for year, label in enumerate(labels, 2001)]

    assert resolve(releases).since == date(2003, 1, 1)


def test_providers_that_agree_are_surer_than_one_and_one_than_two_that_disagree():
    spotify = [
        release("Apertures", "2022-04-08", "Meridian Static"),
        release("The Long Exposure (Deluxe)", "2024-11-15", "Meridian"),
    ]
    other = [release("The Long Exposure", "2024-11-15", "Somebody Else")]

    def confidence(**more: list[Release]) -> float:
        verdict = resolve_labels({"musicbrainz": HALCYON, **more}, LATEST, today=TODAY)
        assert verdict is not None
        assert verdict.principal == "Meridian Static"
        return verdict.confidence

    agreed = confidence(spotify=[replace(each, labels=("Meridian Static",)) for each in spotify])
    assert agreed > confidence() > confidence(spotify=other)


def test_confidence_grows_with_proofs_and_when_both_methods_agree():
    same = [release(f"Record {year}", f"{year}-01-01", "House") for year in range(2001, 2006)]

    grown = [resolve(same[:number]).confidence for number in range(1, 6)]

    assert grown == [0.65, 0.7, 0.75, 0.8, 0.8]
    assert resolve(HALCYON).confidence == 0.5


def test_editions_of_all_providers_are_one_record():
    spotify = [
        release("Night Ferries (2023 Remaster)", "2023-10-06", "Meridian Static"),
        release("NIGHT FERRIES", "2017-10-06", "Wax"),
    ]

    records = find_records({"musicbrainz": HALCYON[2:5], "spotify": spotify}, today=TODAY)

    assert [len(record.editions) for record in records] == [5]


def test_records_of_one_name_stay_apart_and_anothers_edition_joins_the_one_before_it():
    weezer = [release("Weezer", "1994-05-10", "DGC", group="blue"), release("Weezer", "2001-05-15", "Geffen", group="green")]
    spotify = [release("Weezer (Deluxe Edition)", "2004-03-23", "UMe"), release("Weezer (Anniversary)", "1995-01-01", "UMe")]

    for_one, for_both = (find_records({"m": weezer, **more}, today=TODAY) for more in ({}, {"s": spotify}))

    assert [record.released for record in for_one] == [date(2001, 5, 15), date(1994, 5, 10)]
    assert [record.released for record in for_both] == [date(2001, 5, 15), date(1994, 5, 10)]


def test_nothing_known_is_no_verdict():
    assert resolve_labels({}, LATEST, today=TODAY) is None
    assert (
        resolve_labels({"a": [release("", "2020-01-01", "X")], "b": [release("First", "2020-01-01")]}, LATEST, today=TODAY)
        is None
    )


DAYS = st.none() | st.dates(date(1990, 1, 1), date(2027, 12, 31))
NAMES = ["Wax", "Wax Records", "Meridian", "Rhino", "[no label]", "[unknown]", "Légende"]
RELEASES = st.builds(
    lambda title, day, labels, group, kind: Release(f"{title}{day}", title, day, "day", tuple(labels), group, kind=kind),
    st.sampled_from(["One", "Two", "Three", "One (Deluxe Edition)", "Two - Remastered 2011", "一"]),
    DAYS,
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.sampled_from(["", "", "g1", "g2"]),
    st.sampled_from(["album", "album", "ep", "single", "", "live"]),
)
BY_PROVIDER = st.dictionaries(st.sampled_from(["musicbrainz", "spotify", "discogs"]), st.lists(RELEASES, max_size=8), max_size=3)
METHODS = st.sampled_from(LabelMethod)


@given(given_by=BY_PROVIDER, method=METHODS, chance=st.randoms())
def test_the_order_of_providers_and_releases_does_not_matter(given_by, method, chance):
    names = list(given_by)
    chance.shuffle(names)
    shuffled = {name: chance.sample(given_by[name], len(given_by[name])) for name in names}

    assert resolve_labels(shuffled, method, today=TODAY) == resolve_labels(given_by, method, today=TODAY)


@given(given_by=BY_PROVIDER, method=METHODS, chance=st.randoms(), label=st.sampled_from(NAMES), years=st.integers(1, 40))
def test_a_reissue_never_changes_the_principal(given_by, method, chance, label, years):
    before = resolve_labels(given_by, method, today=TODAY)
    known = [
        (provider, each)
        for provider, own in given_by.items()
        for each in own
        if each.released and each.released <= TODAY and any(map(label_key, each.labels))
    ]
    if before is None or not known:
        return
    provider, first = chance.choice(known)
    later = first.released + timedelta(days=366 * years)
    again = replace(first, id="again", title=f"{first.title} (Remastered)", released=later, labels=(label,))

    after = resolve_labels({**given_by, provider: [*given_by[provider], again]}, method, today=TODAY)

    assert after is not None
    assert (after.principal, after.method, after.since) == (before.principal, before.method, before.since)


@given(given_by=BY_PROVIDER, method=METHODS)
def test_a_verdict_is_proven_and_its_principal_is_the_best_candidate(given_by, method):
    verdict = resolve_labels(given_by, method, today=TODAY)

    if verdict is not None:
        assert verdict.candidates[0].name == verdict.principal
        assert 1 <= len(verdict.proofs) <= 5
        assert 0.3 <= verdict.confidence <= 0.95
