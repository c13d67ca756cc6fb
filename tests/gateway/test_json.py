"""A message survives its way through JSON; what comes in as JSON is what protobuf's own reader makes of it."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import contracts
from gateway.json_in import JsonReader, Violations, parse
from gateway.json_out import JsonWriter

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
LABEL: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={"id": TEXT, "weight": st.floats(allow_nan=False, allow_infinity=False), "parent": st.just({"id": "up"})}
)
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MOOD = st.sampled_from(["MOOD_UNSPECIFIED", "MOOD_GLAD", "MOOD_SAD"])
NANOS = st.integers(0, 999_999_999)
RECORD = st.fixed_dictionaries(
    {},
    optional={
        "id": TEXT,
        "small": st.integers(-(2**31), 2**31 - 1),
        "big": st.integers(-(2**63), 2**63 - 1),
        "big_positive": st.integers(0, 2**64 - 1),
        "single": st.floats(width=32, allow_nan=False, allow_infinity=False),
        "precise": st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.booleans(),
        "mood": MOOD,
        "moods": st.lists(MOOD, max_size=3),
        "words": st.lists(TEXT, max_size=3),
        "numbers": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
        "maybe_text": TEXT,
        "maybe_number": st.integers(-(2**31), 2**31 - 1),
        "label": LABEL,
        "labels": st.lists(LABEL, max_size=3),
        "texts": st.dictionaries(TEXT, TEXT, max_size=3),
        "labelled": st.dictionaries(st.integers(-(2**31), 2**31 - 1).map(str), LABEL, max_size=3),
        "weights": st.dictionaries(st.sampled_from(["true", "false"]), st.floats(allow_nan=False, allow_infinity=False)),
        "right": st.integers(-(2**31), 2**31 - 1),
        "details": st.dictionaries(TEXT, JSON_VALUE, max_size=3),
        "anything": JSON_VALUE,
        "list": st.lists(JSON_VALUE, max_size=3),
        "wrapped_text": TEXT,
        "wrapped_flag": st.booleans(),
        "parent": st.just({"id": "above"}),
    },
)


class Codec:
    def __init__(self, contract: Path) -> None:
        record = contracts.load(contract).pool.FindMessageTypeByName("trial.v1.Record")
        self.make = GetMessageClass(record)
        self.write = JsonWriter().compile(record)
        self._read = JsonReader().compile(record)

    def read(self, text: bytes) -> Any:
        message, wrong = self.make(), Violations()
        self._read(parse(text), message, wrong.add)
        wrong.check()
        return message


@pytest.fixture(scope="session")
def codec(contract: Path) -> Codec:
    return Codec(contract)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=RECORD)
def test_json_is_read_as_protobufs_own_reader_reads_it(codec: Codec, record: dict[str, Any]) -> None:
    text = json.dumps(record)

    ours = codec.read(text.encode())

    assert ours == json_format.Parse(text, codec.make())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=RECORD)
def test_what_is_written_is_read_back_the_same(codec: Codec, record: dict[str, Any]) -> None:
    message = json_format.ParseDict(record, codec.make())

    back = codec.read(codec.write(message))

    if not message.HasField("anything"):
        back.ClearField("anything")  # an unset Value and a null one are one in JSON
    if back.HasField("parent"):
        back.parent.ClearField("anything")
    assert back == message


@settings(max_examples=100, deadline=None)
@given(seconds=st.integers(-62135596800, 253402300799), nanos=NANOS, span=st.integers(-315_576_000_000, 315_576_000_000))
def test_times_and_spans_are_spelt_as_protobuf_spells_them(codec: Codec, seconds: int, nanos: int, span: int) -> None:
    message: Any = codec.make(
        create_time={"seconds": seconds, "nanos": nanos}, span={"seconds": span, "nanos": nanos if span >= 0 else -nanos}
    )

    written = json.loads(codec.write(message))

    assert written["create_time"] == message.create_time.ToJsonString()
    assert written["span"] == message.span.ToJsonString()
    assert codec.read(json.dumps({"create_time": written["create_time"], "span": written["span"]}).encode()) == message


@settings(max_examples=100, deadline=None)
@given(blob=st.binary(max_size=50))
def test_bytes_are_base64_in_either_alphabet(codec: Codec, blob: bytes) -> None:
    plain, safe = base64.b64encode(blob).decode(), base64.urlsafe_b64encode(blob).decode().rstrip("=")

    assert json.loads(codec.write(codec.make(blob=blob)))["blob"] == plain
    assert codec.read(json.dumps({"blob": plain}).encode()).blob == codec.read(json.dumps({"blob": safe}).encode()).blob == blob


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_json_cannot_spell_is_null(codec: Codec, number: float) -> None:
    assert json.loads(codec.write(codec.make(precise=number, single=number)))["precise"] is None


def test_a_single_precision_number_is_short(codec: Codec) -> None:
    assert b'"single":0.1,' in codec.write(codec.make(single=0.1))


def test_an_enum_value_newer_than_the_contract_is_its_number(codec: Codec) -> None:
    assert json.loads(codec.write(codec.make(mood=77)))["mood"] == 77


def test_a_mask_keeps_the_contracts_names(codec: Codec) -> None:
    assert json.loads(codec.write(codec.make(mask={"paths": ["create_time", "label.id"]})))["mask"] == "create_time,label.id"


def test_a_time_out_of_range_costs_only_itself(codec: Codec) -> None:
    assert json.loads(codec.write(codec.make(id="x", create_time={"seconds": 2**60})))["create_time"] is None
