"""How is an import followed through whatever happens to the connection?"""

import time
from collections.abc import Callable, Iterator

from scripts.history.gateway import Away, Gateway
from scripts.history.progress import Import

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_LONGEST_PAUSE = 60.0


def follow(gateway: Gateway, import_id: str, note: Callable[[str], None]) -> Iterator[Import]:
    """The import after each change, until it has ended. Raises Refused.

    A gateway that goes away is waited for, however long: the import does not depend on it. `note` is told when it is away, and
    when it is back; a connection that broke and could be made again at once is not worth a word.
    """
    last_event_id, failures = "", 0
    while True:
        failures += 1  # unless an event comes
        reason, retry_after = "it sent nothing", 0.0
        try:
            for event in gateway.events(import_id, last_event_id):
                if failures > 1:
                    note("The gateway is back.")
                last_event_id, failures = event.event_id, 0
                yield event.progress
                if event.progress.has_ended:
                    return
        except Away as away:
            reason, retry_after = str(away).rstrip("."), away.retry_after
        if failures == 1:
            note(f"The gateway is away ({reason}). The import goes on without it; this command waits until it is back.")
        time.sleep(max(min(retry_after, _LONGEST_PAUSE), _PAUSES[min(failures, len(_PAUSES) - 1)]))
