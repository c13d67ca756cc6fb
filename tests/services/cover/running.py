"""A whole cover service on free loopback ports, in this process, beside an album and an artist service that are ones as well."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from kernel.clock import Clock
from sandbox.environment import settings_for
from services.cover.settings import CoverSettings
from services.cover.wiring import MIGRATIONS, build
from soniquebay.cover.v1 import cover_pb2 as pb
from soniquebay.cover.v1 import cover_pb2_grpc
from tests.fakes.servers import lay_sqlite
from tests.services.running import RunningService

_RATES = (
    "musicbrainz_rate_per_second",
    "coverartarchive_rate_per_second",
    "commons_rate_per_second",
    "deezer_rate_per_second",
    "wikidata_rate_per_second",
    "cover_images_rate_per_second",
)
"""Of tests that are not about limits."""
ALBUM, ARTIST = "albums", "artists"


@dataclass(frozen=True)
class Bytes:
    """An image as it was served."""

    content: bytes
    headers: dict[str, str]
    media_type: str

    @property
    def source(self) -> str:
        return self.headers["http-x-cover-source"]


class RunningCover(RunningService):
    """Asks its neighbours at these ports, and the outside at `upstream`, the address of a sandbox; `changes` are settings."""

    def __init__(
        self,
        artist_port: int,
        album_port: int,
        data_dir: Path,
        clock: Clock | None = None,
        *,
        upstream: str,
        port: int = 0,
        **changes: Any,
    ) -> None:
        usual: dict[str, Any] = {"data_dir": data_dir, "artist_port": artist_port, "album_port": album_port}
        usual |= {name.lower(): value for name, value in settings_for(upstream).items()}
        usual |= dict.fromkeys(_RATES, 1000.0) | {"cover_backfill_interval": timedelta(0)}
        usual |= {
            "enrichment_max_retries": 1,
            "cover_timeout_api": timedelta(seconds=2),
            "cover_timeout_image": timedelta(seconds=2),
        }
        settings = CoverSettings(**(usual | changes))
        if not settings.database_url:
            lay_sqlite(data_dir / "cover.sqlite", MIGRATIONS)
        stub: Any = cover_pb2_grpc.CoverServiceStub
        super().__init__(settings, build(settings, clock=clock), stub, port=port)

    def image(self, kind: str, entity_id: str, *, size: int = 0, v: str = "") -> Bytes:
        answer = self.stub.GetCoverImage(pb.GetCoverImageRequest(kind=kind, id=entity_id, size=size, v=v), timeout=20)
        headers = dict(answer.initial_metadata())
        pieces = list(answer)
        return Bytes(b"".join(piece.data for piece in pieces), headers, pieces[0].content_type)

    def cover(self, kind: str, entity_id: str) -> pb.Cover:
        answer: pb.GetCoverResponse = self.call("GetCover", pb.GetCoverRequest(kind=kind, id=entity_id))
        return answer.cover

    def attempts(self, kind: str, entity_id: str) -> dict[str, str]:
        """By source, what came of asking it."""
        answer = self.call("ExplainCover", pb.ExplainCoverRequest(kind=kind, id=entity_id))
        name = pb.CoverAttempt.Outcome.Name
        return {each.source: name(each.outcome).removeprefix("OUTCOME_").lower() for each in answer.attempts}

    def find(self, kind: str, entity_id: str) -> pb.Cover:
        """The cover, after all that somebody's asking for it has set off."""
        self.image(kind, entity_id)
        self.work()
        return self.cover(kind, entity_id)

    def stats(self) -> dict[str, Any]:
        answer = self.call("GetCoverStats", pb.GetCoverStatsRequest())
        found: dict[str, Any] = json_format.MessageToDict(
            answer.stats, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        return found
