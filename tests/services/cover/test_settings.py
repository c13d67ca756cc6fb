"""services/cover/settings.py: what may be said, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from kernel.settings import SettingsError, load
from services.cover.domain import Kind, SourceName
from services.cover.settings import CoverSettings


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)

    def load_with(**said: str) -> CoverSettings:
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        return load(CoverSettings, secrets=tmp_path / "none")

    return load_with


def test_sources_are_asked_in_the_order_given_and_each_once(say):
    settings = say(COVER_ALBUM_SOURCES="lastfm, embedded,lastfm")

    assert settings.sources_of(Kind.ALBUM) == (SourceName.LASTFM, SourceName.EMBEDDED)
    assert settings.sources_of(Kind.ARTIST) == (SourceName.LOCAL, SourceName.COMMONS, SourceName.DEEZER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COVER_ALBUM_SOURCES", "embedded,deezer"),
        ("COVER_ARTIST_SOURCES", "lastfm"),
        ("COVER_POISON_THRESHOLD", "1"),
        ("COVER_STORE_MAX_BYTES", "0"),
        ("COVER_SOURCES", "local"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(say, name, value):
    with pytest.raises(SettingsError, match=name):
        say(**{name: value})


def test_the_other_services_are_on_this_machine_unless_it_is_said_where(say):
    assert (say().artist_target, say().album_target) == ("127.0.0.1:50051", "127.0.0.1:50052")
    elsewhere = say(COVER_ARTIST_ADDRESS="artist:1", COVER_ALBUM_ADDRESS="album:2", COVER_BACKFILL_INTERVAL="0")
    assert (elsewhere.artist_target, elsewhere.album_target) == ("artist:1", "album:2")
    assert elsewhere.cover_backfill_interval == timedelta(0)
