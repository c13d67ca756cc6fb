from pathlib import Path

from services.album.scanning.names import name_file
from services.album.scanning.readers import TagReader
from services.album.scanning.tags import Unreadable
from tests.services.album.scanning.mutations import mutated


def test_whatever_is_in_a_file_it_is_read_or_it_is_a_problem(reader: TagReader, tmp_path: Path):
    outcomes = {"read": 0, "problem": 0}
    path = tmp_path / "file"

    for suffix, content in mutated(600, seed=20260101, bomb_one_in=300):
        path.write_bytes(content)
        with path.open("rb") as file:
            try:
                name_file(b"A/B/file" + suffix.encode(), reader.read(file.fileno(), suffix))
                outcomes["read"] += 1
            except Unreadable:
                outcomes["problem"] += 1

    assert sum(outcomes.values()) == 600
    assert min(outcomes.values()) > 100
