"""What is on the lines of a file? One row of JSON on each, or whatever a table makes of them."""

import json
from collections.abc import Iterator

from services.tracker.files.documents import TOO_DEEP
from services.tracker.files.streams import DAMAGED, MAX_VALUE, TOO_LONG, Member, Row, Stopped


def read_lines(member: Member) -> Iterator[Row]:
    """A row from each line that is not blank; one that is no JSON spoils only itself. Raises Stopped when the last is cut off."""
    for line in lines_of(member):
        if line is None:
            yield Row(None, "", TOO_LONG)
        elif line.strip():
            row = parse_line(line)
            if row.problem and not line.endswith("\n"):
                raise Stopped(DAMAGED, line)
            yield row


def parse_line(line: str) -> Row:
    """The JSON on a line."""
    try:
        return Row(json.loads(line, parse_constant=lambda _: None), line.strip())
    except RecursionError:
        return Row(None, [line], TOO_DEEP)
    except ValueError:
        return Row(None, [line], "is no JSON")


def lines_of(member: Member) -> Iterator[str | None]:
    """The lines with their ends. None stands for one longer than MAX_VALUE, of which no more than that is ever held."""
    stream = member.stream
    while line := stream.readline(MAX_VALUE + 1):
        if len(line) <= MAX_VALUE or line.endswith(b"\n"):
            yield line.decode()
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_VALUE)
        yield None
