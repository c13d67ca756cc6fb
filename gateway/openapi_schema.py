"""Which JSON Schema describes a message, as it comes in and as it goes out?

On the way out every field is there (unset ones null); on the way in only REQUIRED ones must be. A message used both ways gets two
schemas, the one for coming in with the suffix `Input`.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway import well_known
from gateway.json_in import is_required
from gateway.json_out import alternatives
from gateway.scalars import INT_RANGES

Schema = dict[str, Any]

_TEXT_FORMS: Mapping[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$", "examples": ["3.5s"]},
    "google.protobuf.FieldMask": {"type": "string", "examples": ["name,label.id"]},
    "google.protobuf.Value": {},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Any": {"type": "object"},
}
_64_BIT = frozenset(
    {
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_SFIXED64,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_FIXED64,
    }
)
_SIMPLE: Mapping[int, Schema] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
}


class Schemas:
    """Collects the schemas that routes refer to: first all that go out (`sent`), then those that come in."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self.components: dict[str, Schema] = {}
        self.sent: frozenset[str] = frozenset()
        self._comments = comments

    def message(self, message: Descriptor, *, incoming: bool = False, without: frozenset[str] = frozenset()) -> Schema:
        """A schema, or a reference to one, for the whole message; with `without`, for the message less those fields."""
        if message.full_name in well_known.WRAPPERS:
            return self._nullable(self.value(message.fields_by_name["value"], incoming=incoming))
        if message.full_name in _TEXT_FORMS:
            return dict(_TEXT_FORMS[message.full_name])
        if without:
            return self._object(message, incoming=incoming, without=without)
        name = f"{message.full_name}.Input" if incoming and message.full_name in self.sent else message.full_name
        if name not in self.components:
            self.components[name] = {}  # holds the place: a message may hold itself
            self.components[name] = self._object(message, incoming=incoming, without=without)
        return {"$ref": f"#/components/schemas/{name}"}

    def field(self, field: FieldDescriptor, *, incoming: bool) -> Schema:
        """A schema for one field, with its comment."""
        schema = self._bare_field(field, incoming=incoming)
        comment = self._comments.get(field.full_name)
        return {**schema, "description": comment} if comment else schema

    def value(self, field: FieldDescriptor, *, incoming: bool) -> Schema:
        """A schema for one value of the field."""
        if field.message_type is not None:
            return self.message(field.message_type, incoming=incoming)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        if field.type in INT_RANGES:
            low, high = INT_RANGES[field.type]
            return {"type": "integer", "format": "int64" if field.type in _64_BIT else "int32", "minimum": low, "maximum": high}
        return dict(_SIMPLE[field.type])

    def _object(self, message: Descriptor, *, incoming: bool, without: frozenset[str]) -> Schema:
        fields = [field for field in message.fields if field.name not in without]
        left_out = alternatives(message)  # but for the one that is set
        required = [field.name for field in fields if (is_required(field) if incoming else field.name not in left_out)]
        schema: Schema = {
            "type": "object",
            "properties": {field.name: self.field(field, incoming=incoming) for field in fields},
            "additionalProperties": False,
        }
        if required:
            schema["required"] = required
        if comment := self._comments.get(message.full_name):
            schema["description"] = comment
        return schema

    def _bare_field(self, field: FieldDescriptor, *, incoming: bool) -> Schema:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            content = field.message_type.fields_by_name["value"]
            schema: Schema = {"type": "object", "additionalProperties": self.value(content, incoming=incoming)}
        elif field.is_repeated:
            schema = {"type": "array", "items": self.value(field, incoming=incoming)}
        else:
            schema = self.value(field, incoming=incoming)
        may_be_null = not is_required(field) if incoming else field.has_presence
        return self._nullable(schema) if may_be_null else schema

    def _enum(self, enum: EnumDescriptor) -> Schema:
        if enum.full_name == "google.protobuf.NullValue":
            return {"type": "null"}
        lines = [f"- `{v.name}`: {self._comments.get(f'{enum.full_name}.{v.name}', '')}" for v in enum.values]
        # Written out where it is used: a description beside a reference is dropped by many tools.
        return {"type": "string", "enum": [value.name for value in enum.values], "description": "\n".join(lines)}

    def _nullable(self, schema: Schema) -> Schema:
        kind = schema.get("type")
        if not schema or kind == "null":
            return schema
        if isinstance(kind, str) and "enum" not in schema:
            return {**schema, "type": [kind, "null"]}
        return {"anyOf": [schema, {"type": "null"}]}
