"""Which of an upstream's recorded errors does a code or a name stand for?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.upstream import refuse_plainly
from sandbox.wire import Answer, Request


@dataclass(frozen=True, slots=True)
class Refusals:
    """An upstream's errors by name; the first of several with one HTTP status is the usual one."""

    cases: Mapping[str, Answer]

    def refuse(self, request: Request, code: str, status: int | None) -> Answer:
        """Finds the error by name or by status; an unknown code is answered with an empty body."""
        found = self.cases.get(code) or next((case for case in self.cases.values() if str(case.status) == code), None)
        if found is None:
            return refuse_plainly(request, code, status)
        return replace(found, status=status) if status else found
