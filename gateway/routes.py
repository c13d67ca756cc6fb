"""Which method answers this verb and path? The table is derived from the contracts' `google.api.http` rules."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from google.api import http_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from gateway import template
from gateway.contracts import Contract, ContractError
from gateway.template import PathTemplate

HTTP_BODY = "google.api.HttpBody"
WILDCARD = "*"
# Not DELETE: a second one of the same finds nothing, and says so.
_IDEMPOTENT_VERBS = frozenset({"GET", "PUT"})
_UNKNOWN = MethodOptions.IDEMPOTENCY_UNKNOWN


class Answer(Enum):
    """What a method sends back."""

    JSON = "application/json"
    EVENTS = "text/event-stream"
    BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP rule of one method. `body` and `response_body` are as in the rule: empty, `*`, or a field's name."""

    verb: str
    path: PathTemplate
    method: MethodDescriptor
    body: str
    response_body: str
    answer: Answer

    @property
    def package(self) -> str:
        return str(self.method.containing_service.file.package)

    @property
    def rpc(self) -> str:
        """The method's own path in gRPC."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"

    @property
    def path_fields(self) -> frozenset[str]:
        return frozenset(variable.field for variable in self.path.variables)

    @property
    def is_idempotent(self) -> bool:
        """Whether called twice it does what it does called once: so says its verb, or `idempotency_level` in its contract."""
        return self.verb in _IDEMPOTENT_VERBS or self.method.GetOptions().idempotency_level != _UNKNOWN

    @property
    def takes_bytes(self) -> bool:
        """Whether the request's body is an upload, not JSON."""
        return self.upload_field is not None

    @property
    def upload_field(self) -> FieldDescriptor | None:
        """The HttpBody field that the request's body fills."""
        field = self.method.input_type.fields_by_name.get(self.body)
        is_upload = field is not None and field.message_type is not None and field.message_type.full_name == HTTP_BODY
        return field if is_upload else None


class NoSuchPath(LookupError):
    """No rule has this path."""


class NoSuchVerb(LookupError):
    """Rules have this path, none with this verb; `allowed` lists theirs."""

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class RouteTable:
    """All routes, most specific first, grouped by their number of segments so that few patterns are tried."""

    def __init__(self, contract: Contract) -> None:
        self.routes = tuple(sorted(_routes(contract), key=lambda route: route.path.rank))
        _refuse_twins(self.routes)
        self._by_length: dict[int, list[Route]] = defaultdict(list)
        self._any_length: list[Route] = []
        for route in self.routes:
            if any(kind == 2 for kind, _ in route.path.rank):  # noqa: PLR2004 - `**` in the rank
                self._any_length.append(route)
            else:
                self._by_length[len(route.path.rank)].append(route)

    def find(self, verb: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """The route and its variables. Raises NoSuchPath, NoSuchVerb, MalformedPath. HEAD is answered by the route of GET."""
        wanted = "GET" if verb == "HEAD" else verb
        allowed: set[str] = set()
        for route, values in self._fitting(template.normalise(raw_path)):
            if route.verb == wanted:
                return route, values
            allowed.add(route.verb)
        if not allowed:
            raise NoSuchPath(raw_path)
        raise NoSuchVerb(sorted(allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())))

    def _fitting(self, path: str) -> Iterator[tuple[Route, dict[str, str]]]:
        for route in (*self._by_length.get(path.count("/"), ()), *self._any_length):
            values = route.path.match(path)
            if values is not None:
                yield route, values


def field_at(message: Descriptor, path: str) -> tuple[FieldDescriptor, ...] | None:
    """The fields along a dotted path (`label.id`), outermost first; None where one does not exist or cannot be entered."""
    steps: list[FieldDescriptor] = []
    current: Descriptor | None = message
    for name in path.split("."):
        field = current.fields_by_name.get(name) if current is not None else None
        if field is None or (steps and steps[-1].is_repeated):
            return None
        steps.append(field)
        current = field.message_type
    return tuple(steps)


def _routes(contract: Contract) -> Iterator[Route]:
    for method, rule in contract.methods():
        for binding in (rule, *rule.additional_bindings):
            yield _route(method, binding)


def _route(method: MethodDescriptor, rule: http_pb2.HttpRule) -> Route:
    if method.client_streaming:
        raise ContractError(f"{method.full_name}: a stream of requests has no REST form")
    pattern = rule.WhichOneof("pattern")
    if pattern is None:
        raise ContractError(f"{method.full_name}: its HTTP rule has no path")
    verb, path = (rule.custom.kind, rule.custom.path) if pattern == "custom" else (pattern.upper(), getattr(rule, pattern))
    route = Route(verb, template.parse(path), method, rule.body, rule.response_body, _answer(method))
    _check_fields(route)
    return route


def _answer(method: MethodDescriptor) -> Answer:
    if method.output_type.full_name == HTTP_BODY:
        return Answer.BYTES
    return Answer.EVENTS if method.server_streaming else Answer.JSON


def _check_fields(route: Route) -> None:
    where = f"{route.method.full_name}, {route.path.text}"
    for variable in route.path.variables:
        steps = field_at(route.method.input_type, variable.field)
        if steps is None or steps[-1].is_repeated or steps[-1].message_type is not None:
            raise ContractError(f"{where}: {variable.field} is no single scalar field of the request")
    if route.body not in ("", WILDCARD) and route.body not in route.method.input_type.fields_by_name:
        raise ContractError(f"{where}: body names {route.body}, which the request does not have")
    if route.response_body and route.response_body not in route.method.output_type.fields_by_name:
        raise ContractError(f"{where}: response_body names {route.response_body}, which the response does not have")


def _refuse_twins(routes: tuple[Route, ...]) -> None:
    seen: dict[tuple[str, str], Route] = {}
    for route in routes:
        twin = seen.setdefault((route.verb, route.path.pattern.pattern), route)
        if twin is not route:
            raise ContractError(
                f"{route.verb} {route.path.text} is claimed by {twin.method.full_name} and {route.method.full_name}"
            )
