"""A real process that puts images until it is killed, and says before each which: `FOLDER NUMBER`."""

import sys
from itertools import count
from pathlib import Path

from kernel.clock import SystemClock
from services.cover.keeping import ImageStore
from tests.services.cover.keeping.images import put

SIZE = 300_000


def name_of(number: int) -> bytes:
    return f"{number:08d}".encode()


def main(folder: str, began: int) -> None:
    store = ImageStore(Path(folder), clock=SystemClock(), max_bytes=2**40)
    for number in count(began):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        image = put(store, name_of(number), size=SIZE)
        if number % 3 == 2:  # now and then one is taken away
            store.remove([image.id])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
