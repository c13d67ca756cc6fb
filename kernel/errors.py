"""Every error this system raises on purpose.

SoniqueBayError
├── Refused (the caller can fix it)
│   ├── InvalidArgument · NotFound · AlreadyExists · FailedPrecondition · Conflict
│   └── Unauthenticated · PermissionDenied
├── ProviderFault (an upstream let us down; counted by the breaker unless said otherwise)
│   ├── ProviderTimeout · ProviderUnavailable · ProviderMalformed
│   ├── ProviderThrottled (moves the limiter's clock, not the breaker)
│   └── BreakerOpen (we did not even ask; not counted)
└── OwnFault (we let the caller down)
    └── StoreUnavailable · Overloaded · DeadlineSpent

Anything else is a bug: the caller sees a fixed sentence, our log sees the traceback. Messages of these errors are public:
they must never hold SQL, hosts, keys, stack traces or a third party's text. The cause (`raise … from error`) is not shown.
"""

import re
from dataclasses import dataclass
from datetime import timedelta


class SoniqueBayError(Exception):
    """Root of all errors raised on purpose; `str(error)` is safe to show to a caller. `retry_after`: when to come back."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def reason(self) -> str:
        """What callers tell errors apart by, the class's name: `PROVIDER_TIMEOUT`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).upper()

    @property
    def kind(self) -> str:
        """What our own figures call it: `timeout`."""
        return self.reason.lower().removeprefix("provider_")


class Refused(SoniqueBayError):
    """The request cannot be met as it stands; the same request will be refused again."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One wrong field of a request: its path as the caller wrote it (`name`, `labels[2].id`), and what is wrong with it."""

    field: str
    description: str


class InvalidArgument(Refused):
    """A request that can never be right; names every field that is wrong."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("; ".join(f"{v.field}: {v.description}" for v in violations) or "The request is not valid.")
        self.violations = violations

    @classmethod
    def of(cls, field: str, description: str) -> "InvalidArgument":
        return cls(Violation(field, description))


class NotFound(Refused):
    """The thing named is not known, here or to any provider that answered."""


class AlreadyExists(Refused):
    """The thing to be made is there already."""


class FailedPrecondition(Refused):
    """The request is right, but not in the state things are in now (a switch is off, a key is missing)."""


class Conflict(Refused):
    """Somebody else changed the thing meanwhile; read it again and repeat."""


class Unauthenticated(Refused):
    """No token, or one that proves nothing."""


class PermissionDenied(Refused):
    """A good token whose scopes do not reach this far."""


class ProviderFault(SoniqueBayError):
    """An upstream did not give a usable answer. Says nothing about whether the thing asked for exists."""

    def __init__(self, provider: str, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{provider}: {message}", retry_after=retry_after)
        self.provider = provider


class ProviderTimeout(ProviderFault):
    """The provider did not finish its answer within the time we had."""


class ProviderUnavailable(ProviderFault):
    """Refused, reset, unresolvable, or a 5xx."""


class ProviderMalformed(ProviderFault):
    """An answer that is not what the provider's contract says: HTML for JSON, cut off, too large, wrong types."""


class ProviderRejected(ProviderFault):
    """The provider refuses us, not the question: a wrong or suspended key, a lapsed subscription. A person has to act."""


class ProviderThrottled(ProviderFault):
    """The provider, or our own limiter on its behalf, asks us to come back later. The breaker does not count it."""


class BreakerOpen(ProviderFault):
    """The breaker kept us from asking. Not counted: nothing was learnt about the provider."""


class OwnFault(SoniqueBayError):
    """We cannot serve a good request right now."""


class StoreUnavailable(OwnFault):
    """Our own database does not answer."""


class Overloaded(OwnFault):
    """More work than we have room for; rejected at once rather than late."""


class DeadlineSpent(OwnFault):
    """The time the caller gave us is used up."""
