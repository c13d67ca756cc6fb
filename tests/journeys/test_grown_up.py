"""The same system on PostgreSQL and Redis."""

import redis

from tests.journeys.running import ARTIST_ONLY, RunningSystem


def test_the_same_answers_come_from_postgres_and_redis_and_outlive_redis(tmp_path, postgres_server, redis_server):
    with postgres_server.fresh_database() as database_url:
        settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_server.url}
        with RunningSystem(tmp_path, settings, services=ARTIST_ONLY) as system:
            first = system.enrich(name="Radiohead")
            again = system.enrich(name="Radiohead")
            keys = {key.decode() for key in redis.Redis.from_url(redis_server.url).scan_iter()}

            redis_server.kill()
            after = [system.enrich(name=name) for name in ("Radiohead", "Portishead", "Radiohead", "Air", "Nobody Has This Name")]

            assert first.json()["lastfm"]["listeners"] > 0
            assert again.json() == first.json()
            assert any(key.endswith("lastfm:artist:radiohead") for key in keys)
            assert any(key.endswith("lastfm:similar:radiohead:50") for key in keys)
            assert [answer.status_code for answer in after] == [200, 200, 200, 200, 404]
            assert list(tmp_path.glob("data/**/artist.sqlite")) == []


def test_what_was_learnt_survives_a_restart(tmp_path):
    with RunningSystem(tmp_path, services=ARTIST_ONLY) as system:
        learnt = system.enrich(name="Radiohead").json()
        system.enrich(name="Nobody Has This Name")
        system.stop()

        system.start()

        assert system.enrich(name="Radiohead").json() == learnt
        assert system.enrich(name="Nobody Has This Name").status_code == 404
        assert system.calls() == 0
