"""Do the providers without an upstream answer as providers do?"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.artist.domain import Identity
from tests.services.artist.fakes import NOTHING, RADIOHEAD, FakeWorld
from tests.services.providers.contract import AnswerContract, Subject

WHO = Identity("Radiohead", RADIOHEAD.mbid, RADIOHEAD.spotify_id, titles=RADIOHEAD.titles)
UNKNOWN = Identity("Nobody", "00000000-0000-4000-8000-000000000000", "0" * 22)
ASKS: Mapping[str, Callable[[FakeWorld, Identity], Any]] = {
    "by name": lambda world, who: world.fake.find_tags(who),
    "directory": lambda world, who: world.directory.find_identity(who),
    "directory, by name": lambda world, who: world.directory.find_identity(Identity(who.name)),
    "links": lambda world, who: world.directory.find_links(who),
    "releases": lambda world, who: world.directory.find_releases(who),
    "spotify": lambda world, who: world.spotify.find_profile(who, language="en"),
    "spotify, by name": lambda world, who: world.spotify.find_identity(who),
    "spotify's releases": lambda world, who: world.spotify.find_releases(who),
    "audience": lambda world, who: world.audience.find_audience(who),
    "listens": lambda world, who: world.listens.find_listens(who),
    "management": lambda world, who: world.management.find_management(who),
}
"""Every way to ask one of them; those that know everybody are told to know nobody."""


@pytest.mark.parametrize("way", ASKS)
class TestTheFakesAnswerAsProvidersDo(AnswerContract):
    @pytest.fixture
    def subject(self, world: FakeWorld, way: str) -> Subject:
        def ask_unknown() -> object:
            for provider in (world.fake, world.audience):
                provider.says_everywhere(NOTHING)
            return ASKS[way](world, UNKNOWN)

        return Subject("fake", lambda: ASKS[way](world, WHO), ask_unknown, fail=lambda fault: None, ask_at=lambda url: None)
