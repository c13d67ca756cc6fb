"""Which scripted fault, if any, does this request meet?"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sandbox.wire import Request

Options = Mapping[str, object]
OK = "ok"


class BadScriptError(ValueError):
    """A fault script that cannot be followed; the text says what to correct."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing and its options; `kind` is one of the names in `sandbox.alterations` and `sandbox.deliveries`."""

    kind: str
    options: Options = field(default_factory=dict)


@dataclass(slots=True)
class Rule:
    """Whom a script is for and what is left of it; None in `times` means until removed."""

    id: int
    provider: str
    api_method: str | None
    match: Mapping[str, str]
    rate: float
    times: int | None
    fault: Fault | None
    sequence: list[Fault | None]
    hits: int = 0

    def is_for(self, provider: str, api_method: str, request: Request) -> bool:
        """Compares provider, method and parameters without regard to case."""
        if provider != self.provider or (self.api_method or api_method).lower() != api_method.lower():
            return False
        params = {name.lower(): value.lower() for name, value in request.params.items()}
        return all(params.get(name.lower()) == value.lower() for name, value in self.match.items())

    def is_spent(self) -> bool:
        """Tells whether the script has come to its end."""
        return self.times is not None and self.hits >= self.times

    def next_fault(self) -> Fault | None:
        """Takes one step of the script; None is an "ok" step."""
        step = self.sequence[self.hits % len(self.sequence)] if self.sequence else self.fault
        self.hits += 1
        return step

    def to_json(self) -> dict[str, object]:
        """Shows the rule as the control API lists it."""
        return {
            "id": self.id,
            "provider": self.provider,
            "api_method": self.api_method,
            "match": dict(self.match),
            "rate": self.rate,
            "times": self.times,
            "hits": self.hits,
            "sequence": [step.kind if step else OK for step in self.sequence],
            "fault": {"kind": self.fault.kind, **self.fault.options} if self.fault else None,
        }


class FaultScript:
    """The rules in force, oldest first; the first rule that fits decides. A rule that has run its course removes itself."""

    def __init__(self, kinds: Collection[str], seed: int) -> None:
        self._kinds = kinds
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._rules: dict[int, Rule] = {}
        self._last_id = 0

    def add(self, body: Mapping[str, object]) -> Rule:
        """Adds the rule described by a control API body; raises BadScriptError for one that makes no sense."""
        self._last_id += 1
        rule = _parse_rule(self._last_id, body, self._kinds)
        self._rules[rule.id] = rule
        return rule

    def list_rules(self) -> list[Rule]:
        """Lists the rules still in force."""
        return list(self._rules.values())

    def remove(self, rule_id: int) -> bool:
        """Removes one rule; False when there is none of that id."""
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        """Removes all rules."""
        self._rules.clear()

    def find_fault(self, provider: str, api_method: str, request: Request) -> Fault | None:
        """Takes the next step of the first rule that fits; None lets the request pass."""
        for rule in self._rules.values():
            if rule.is_for(provider, api_method, request) and self._random.random() < rule.rate:
                fault = rule.next_fault()
                if rule.is_spent():
                    del self._rules[rule.id]
                return fault
        return None


def _parse_rule(rule_id: int, body: Mapping[str, object], kinds: Collection[str]) -> Rule:
    provider, api_method, match = body.get("provider"), body.get("api_method"), body.get("match") or {}
    if not isinstance(provider, str) or not provider:
        raise BadScriptError("provider: name one, such as lastfm")
    if api_method is not None and not isinstance(api_method, str):
        raise BadScriptError("api_method: a text or null")
    if not isinstance(match, Mapping):
        raise BadScriptError("match: an object of parameter names and values")
    base = None if body.get("fault") is None else _parse_fault(body["fault"], kinds)
    sequence = _parse_sequence(body.get("sequence"), base, kinds)
    if base is None and not sequence:
        raise BadScriptError("fault: give a fault or a sequence")
    times = _number(body, "times")
    return Rule(
        id=rule_id,
        provider=provider,
        api_method=api_method,
        match={str(name): str(value) for name, value in match.items()},
        rate=1.0 if body.get("rate") is None else _number(body, "rate") or 0.0,
        times=int(times) if times is not None else len(sequence) or None,
        fault=base,
        sequence=sequence,
    )


def _parse_sequence(steps: object, base: Fault | None, kinds: Collection[str]) -> list[Fault | None]:
    if steps is None:
        return []
    if not isinstance(steps, list):
        raise BadScriptError("sequence: a list of status codes, fault kinds, faults, 'fault' and 'ok'")
    return [_parse_step(step, base, kinds) for step in steps]


def _parse_step(step: object, base: Fault | None, kinds: Collection[str]) -> Fault | None:
    if step == OK:
        return None
    if step == "fault" and base is not None:
        return base
    if str(step).isdigit():
        return Fault("status", {"code": int(str(step))})
    return _parse_fault({"kind": step} if isinstance(step, str) else step, kinds)


def _parse_fault(body: object, kinds: Collection[str]) -> Fault:
    if not isinstance(body, Mapping):
        raise BadScriptError("fault: an object with a kind")
    kind, options = body.get("kind"), {str(name): value for name, value in body.items() if name != "kind"}
    if kind not in kinds and not str(kind).endswith("_error"):
        raise BadScriptError(f"kind: one of {', '.join(sorted(kinds))}")
    needed = {"status": "code", "redirect": "location"}.get(str(kind), "code" if str(kind).endswith("_error") else "")
    if needed and needed not in options:
        raise BadScriptError(f"{needed}: needed by a fault of kind {kind}")
    return Fault(str(kind), options)


def _number(body: Mapping[str, object], name: str) -> float | None:
    value = body.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise BadScriptError(f"{name}: a number or null")
