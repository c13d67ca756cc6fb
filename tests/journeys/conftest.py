"""The cluster of the journeys about replicas, started once for all of them."""

from collections.abc import Iterator

import pytest

from tests.fakes.servers import PostgresServer, RedisServer
from tests.journeys.cluster import Cluster, started


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Cluster]:
    redis = RedisServer()
    with postgres_server.fresh_database() as database_url:
        with started(tmp_path_factory.mktemp("cluster"), database_url, redis) as running:
            assert running.system.history.total() > 0
            yield running
        redis.close()
