"""Contracts that cannot be served stop the start, and say why; of two routes that fit, the more specific one answers."""

import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from gateway import contracts, template
from gateway.contracts import ContractError
from gateway.routes import RouteTable
from gateway.template import MalformedPath

FIELDS = {"id": 9, "count": 5}


def contract_of(*rules: dict[str, str], **flags: bool) -> contracts.Contract:
    """A service with one method per rule, whose request and reply hold an id and a count."""
    files = FileDescriptorSet()
    file = files.file.add(name="t.proto", package="t", syntax="proto3", dependency=["google/protobuf/descriptor.proto"])
    message = file.message_type.add(name="M")
    for number, (name, kind) in enumerate(FIELDS.items(), 1):
        message.field.add(name=name, number=number, type=kind, label=1)
    message.field.add(name="many", number=3, type=9, label=3)
    service = file.service.add(name="S")
    for number, rule in enumerate(rules):
        method = service.method.add(name=f"M{number}", input_type=".t.M", output_type=".t.M", **flags)
        for name, value in rule.items():
            setattr(method.options.Extensions[annotations_pb2.http], name, value)
    contract_files = FileDescriptorSet()
    contract_files.file.add(name="google/protobuf/descriptor.proto", package="google.protobuf")
    contract_files.MergeFrom(files)
    return contracts.build(contract_files)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([{"get": "/a/{nope}"}], "nope"),
        ([{"get": "/a/{many}"}], "many"),
        ([{"get": "/a/{id.x}"}], "id.x"),
        ([{"get": "a"}], "not a path template"),
        ([{"get": "/a/{id"}], "not a path template"),
        ([{"post": "/a", "body": "nope"}], "nope"),
        ([{"get": "/a", "response_body": "nope"}], "nope"),
        ([{"body": "*"}], "no path"),
        ([{"get": "/a/{id}"}, {"get": "/a/{count}"}], "claimed by"),
    ],
)
def test_a_rule_that_cannot_work_stops_the_start(rules: list[dict[str, str]], words: str) -> None:
    with pytest.raises(ContractError, match=words):
        RouteTable(contract_of(*rules))


def test_a_stream_of_requests_has_no_rest_form() -> None:
    with pytest.raises(ContractError, match="stream of requests"):
        RouteTable(contract_of({"post": "/a"}, client_streaming=True))


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/a/literal", "M1"),
        ("/a/other", "M0"),
        ("/a/other:go", "M2"),
        ("/a/b/c", "M3"),
        ("/a:all", "M4"),
        ("/%61/l%69teral", "M1"),
        ("/a/literal%3Ago", "M0"),
    ],
)
def test_the_more_specific_route_answers(path: str, method: str) -> None:
    rules = ["/a/{id}", "/a/literal", "/a/{id}:go", "/a/{id=**}", "/a:all"]
    table = RouteTable(contract_of(*({"get": rule} for rule in rules)))

    route, _ = table.find("GET", path)

    assert route.method.name == method


@pytest.mark.parametrize("path", ["/a/%", "/a/%4", "/a/%zz", "/a/%c0%ae", "/a/%ff"])
def test_escapes_that_are_none_are_refused(path: str) -> None:
    with pytest.raises(MalformedPath):
        template.parse("/a/{id}").match(template.normalise(path))


def test_an_empty_segment_is_no_value() -> None:
    assert template.parse("/a/{id}").match("/a/") is None
    assert template.parse("/a/{id=**}").match("/a/") == {"id": ""}
