"""Which services, methods and comments do the contracts hold? Read at start from the descriptor set that `make proto` writes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.api import annotations_pb2, http_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool

# Field numbers inside descriptor.proto, the steps of a source location's path.
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM = 2, 3, 4
_ENUM_VALUE = _SERVICE_METHOD = 2

_Path = tuple[int, ...]


class ContractError(Exception):
    """The descriptor set cannot be served; says which method or file is wrong and how."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The services that have at least one HTTP rule, and every comment by full name (`pkg.Message.field`)."""

    pool: DescriptorPool
    services: tuple[ServiceDescriptor, ...]
    comments: Mapping[str, str]

    def methods(self) -> Iterator[tuple[MethodDescriptor, http_pb2.HttpRule]]:
        """Every public method with its rule; a method without a rule is private and is not reached from outside."""
        for service in self.services:
            for method in service.methods:
                if rule := http_rule(method):
                    yield method, rule


def http_rule(method: MethodDescriptor) -> http_pb2.HttpRule | None:
    """The method's `google.api.http` rule; None marks a private method."""
    options = method.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return None
    rule: http_pb2.HttpRule = options.Extensions[annotations_pb2.http]
    return rule


def load(path: Path) -> Contract:
    """Reads a serialised FileDescriptorSet with imports and source info. Raises ContractError where there is none."""
    try:
        files = FileDescriptorSet.FromString(path.read_bytes())
    except OSError as error:
        raise ContractError(f"{path}: no contracts there; `make proto` writes them") from error
    return build(files)


def build(files: FileDescriptorSet) -> Contract:
    """As `load`, from the set itself. A pool of our own: the gateway needs no generated code and so knows no entity."""
    pool = DescriptorPool()
    for file in files.file:
        pool.Add(file)
    names = [f"{file.package}.{service.name}" for file in files.file for service in file.service]
    services = tuple(pool.FindServiceByName(name) for name in names)
    public = tuple(service for service in services if any(http_rule(method) for method in service.methods))
    comments = {name: text for file in files.file for name, text in _comments(file)}
    return Contract(pool, public, comments)


def _comments(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    names = dict(_names(file))
    for location in file.source_code_info.location:
        text = location.leading_comments or location.trailing_comments
        name = names.get(tuple(location.path))
        if text and name:
            yield name, "\n".join(line.strip() for line in text.strip().splitlines())


def _names(file: FileDescriptorProto) -> Iterator[tuple[_Path, str]]:
    for index, message in enumerate(file.message_type):
        yield from _message_names(message, (_FILE_MESSAGE, index), f"{file.package}.{message.name}")
    for index, enum in enumerate(file.enum_type):
        yield from _enum_names(enum, (_FILE_ENUM, index), f"{file.package}.{enum.name}")
    for index, service in enumerate(file.service):
        yield from _service_names(service, (_FILE_SERVICE, index), f"{file.package}.{service.name}")


def _message_names(message: DescriptorProto, path: _Path, name: str) -> Iterator[tuple[_Path, str]]:
    yield path, name
    for index, field in enumerate(message.field):
        yield (*path, _MESSAGE_FIELD, index), f"{name}.{field.name}"
    for index, nested in enumerate(message.nested_type):
        yield from _message_names(nested, (*path, _MESSAGE_NESTED, index), f"{name}.{nested.name}")
    for index, enum in enumerate(message.enum_type):
        yield from _enum_names(enum, (*path, _MESSAGE_ENUM, index), f"{name}.{enum.name}")


def _enum_names(enum: EnumDescriptorProto, path: _Path, name: str) -> Iterator[tuple[_Path, str]]:
    yield path, name
    for index, value in enumerate(enum.value):
        yield (*path, _ENUM_VALUE, index), f"{name}.{value.name}"


def _service_names(service: ServiceDescriptorProto, path: _Path, name: str) -> Iterator[tuple[_Path, str]]:
    yield path, name
    for index, method in enumerate(service.method):
        yield (*path, _SERVICE_METHOD, index), f"{name}.{method.name}"
