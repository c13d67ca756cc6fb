"""Bad input is refused with 400 or its own status, the field named, and nothing of it reaches a service."""

import json
import socket

import httpx
import pytest

from tests.gateway.trial import TrialServer

DEEP = b'{"name":"n","record":{"details":' + b'{"a":' * 40 + b"1" + b"}" * 42


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("nope=1", "nope"),
        ("page_size=x", "page_size"),
        ("page_size=", "page_size"),
        ("page_size=2147483648", "page_size"),
        ("page_size=1.5", "page_size"),
        ("page_size=" + "9" * 5000, "page_size"),
        ("page_size=1&page_size=2", "page_size"),
        ("page_size=%D9%A1", "page_size"),
        ("big_positive=-1", "big_positive"),
        ("big_positive=18446744073709551616", "big_positive"),
        ("moods=GLAD", "moods"),
        ("moods=7", "moods"),
        ("flag=yes", "flag"),
        ("flag=True", "flag"),
        ("weight=NaN", "weight"),
        ("weight=1e999", "weight"),
        ("weight=inf", "weight"),
        ("words=%00", "words"),
        ("words=%ff", "query"),
        ("words=a;nope=b&%F0%9F", "query"),
        ("since_time=yesterday", "since_time"),
        ("since_time=2026-02-30T00:00:00Z", "since_time"),
        ("since_time=0000-01-01T00:00:00Z", "since_time"),
        ("since_time=9999-12-31T23:59:59-23:59", "since_time"),
        ("span=1h", "span"),
        ("span=9999999999999s", "span"),
        ("mask=a,,b", "mask"),
        ("at_most=many", "at_most"),
        ("label=x", "label"),
        ("label.nope=x", "label.nope"),
        ("label.weight.x=1", "label.weight.x"),
        ("texts.a=b", "texts.a"),
        ("at_most.value=1", "at_most.value"),
        ("blob=%21", "blob"),
        ("a&" * 1001, "query"),
    ],
)
def test_a_wrong_query_parameter_is_named(client: httpx.Client, trial: TrialServer, query: str, field: str) -> None:
    answer = client.get(f"/trial/v1/records?{query}")

    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert trial.seen == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "name"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'"x"', "body"),
        (b"{'a': 1}", "body"),
        (b'\xef\xbb\xbf{"name":"n"}', "body"),
        (b'{"name":"\xff"}', "body"),
        (b'{"name":"a","name":"b"}', "body"),
        (b'{"name":"n","record":{"precise":NaN}}', "body"),
        (b'{"name":"n","record":{"precise":-Infinity}}', "body"),
        (b'{"name":"n","record":{"precise":1e400}}', "record.precise"),
        (b'{"name":"n","record":{"precise":' + b"1" + b"0" * 400 + b"}}", "record.precise"),
        (b'{"name":"n","record":{"big":' + b"9" * 5000 + b"}}", "body"),
        (b'{"name":"n","record":{"single":1e39}}', "record.single"),
        (b'{"name":"\\ud800"}', "name"),
        (b'{"name":"a\\u0000b"}', "name"),
        (b'{"name":"n","\\ud800":1}', "\\ud800"),
        (b'{"name":"n","record":{"details":{"\\ud800":1}}}', "record.details"),
        (b'{"name":"n","record":{"texts":{"\\ud800":"x"}}}', "record.texts.\\ud800"),
        (b'{"name":null}', "name"),
        (b'{"name":5}', "name"),
        (b'{"name":true}', "name"),
        (b'{"name":["n"]}', "name"),
        (b'{"name":"n","nope":1}', "nope"),
        (b'{"name":"n","record":{"nope":1}}', "record.nope"),
        (b'{"name":"n","record":[]}', "record"),
        (b'{"name":"n","record":{"small":2147483648}}', "record.small"),
        (b'{"name":"n","record":{"small":1.5}}', "record.small"),
        (b'{"name":"n","record":{"small":"1"}}', "record.small"),
        (b'{"name":"n","record":{"small":true}}', "record.small"),
        (b'{"name":"n","record":{"small_positive":-1}}', "record.small_positive"),
        (b'{"name":"n","record":{"big":9223372036854775808}}', "record.big"),
        (b'{"name":"n","record":{"flag":1}}', "record.flag"),
        (b'{"name":"n","record":{"precise":"1"}}', "record.precise"),
        (b'{"name":"n","record":{"mood":"SAD"}}', "record.mood"),
        (b'{"name":"n","record":{"mood":9}}', "record.mood"),
        (b'{"name":"n","record":{"mood":true}}', "record.mood"),
        (b'{"name":"n","record":{"mood":[]}}', "record.mood"),
        (b'{"name":"n","record":{"blob":"*"}}', "record.blob"),
        (b'{"name":"n","record":{"words":"a"}}', "record.words"),
        (b'{"name":"n","record":{"words":["a",1]}}', "record.words[1]"),
        (b'{"name":"n","record":{"words":[null]}}', "record.words[0]"),
        (b'{"name":"n","record":{"labels":[{"id":"a"},5]}}', "record.labels[1]"),
        (b'{"name":"n","record":{"labels":[{"weight":"x"}]}}', "record.labels[0].weight"),
        (b'{"name":"n","record":{"labelled":{"x":{}}}}', "record.labelled.x"),
        (b'{"name":"n","record":{"labelled":{"1":{"nope":1}}}}', "record.labelled.1.nope"),
        (b'{"name":"n","record":{"texts":{"a":null}}}', "record.texts.a"),
        (b'{"name":"n","record":{"texts":[]}}', "record.texts"),
        (b'{"name":"n","record":{"left":"a","right":1}}', "record.right"),
        (b'{"name":"n","record":{"create_time":"today"}}', "record.create_time"),
        (b'{"name":"n","record":{"create_time":5}}', "record.create_time"),
        (b'{"name":"n","record":{"span":"5"}}', "record.span"),
        (b'{"name":"n","record":{"wrapped_number":"5"}}', "record.wrapped_number"),
        (b'{"name":"n","record":{"details":[]}}', "record.details"),
        (b'{"name":"n","record":{"list":{}}}', "record.list"),
        (DEEP, "body"),
        (b'{"name":' + b"[" * 100_000, "body"),
        (b'{"name":"' + b'\\"' * 200_000 + b"[" * 40, "body"),
    ],
)
def test_a_wrong_body_is_refused_with_its_field_named(client: httpx.Client, trial: TrialServer, body: bytes, field: str) -> None:
    answer = client.post("/trial/v1/records", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert trial.seen == []


def test_all_that_is_wrong_is_said_at_once(client: httpx.Client) -> None:
    answer = client.post("/trial/v1/records", json={"record": {"small": "x", "flag": 2}, "a": 1})

    assert {error["field"] for error in answer.json()["errors"]} == {"a", "name", "record.small", "record.flag"}


def test_a_field_has_one_place_only(client: httpx.Client) -> None:
    in_body = client.put("/trial/v1/records/r", json={"id": "r", "record": {}})
    in_query = client.get("/trial/v1/records/r?id=s")
    with_whole_body = client.post("/trial/v1/records?name=n", json={"name": "n"})
    of_the_body = client.patch("/trial/v1/records/r?record.id=x", json={})

    fields = [answer.json()["errors"][0]["field"] for answer in (in_body, in_query, with_whole_body, of_the_body)]
    assert fields == ["id", "id", "name", "record.id"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""]
)
def test_a_body_of_another_type_is_415(client: httpx.Client, trial: TrialServer, kind: str) -> None:
    answer = client.post("/trial/v1/records", content=b'{"name":"n"}', headers={"content-type": kind})

    assert answer.status_code == 415
    assert trial.seen == []


def test_a_packed_body_is_415(client: httpx.Client) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}

    assert client.post("/trial/v1/records", content=b"x", headers=headers).status_code == 415


@pytest.mark.parametrize(("size", "status"), [(2**20 - 1, 200), (2**20, 200), (2**20 + 1, 413)])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_may_have_one_mebibyte(client: httpx.Client, size: int, status: int, is_chunked: bool) -> None:  # noqa: FBT001
    body = b'{"name":"' + b"x" * (size - 11) + b'"}'

    answer = client.post(
        "/trial/v1/records",
        content=iter([body[:1000], body[1000:]]) if is_chunked else body,
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/trial/v1/records/a%zz", 400),
        ("GET", "/trial/v1/records/%ff", 400),
        ("GET", "/trial/v1/records/%00", 400),
        ("GET", "/trial/v1/records/", 404),
        ("GET", "/trial/v1/records/a/b/c", 404),
        ("GET", "/trial/v1/records/../../etc/passwd", 404),
        ("GET", "/docs/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/docs/%2e%2e/secret", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/", 307),
        ("TRACE", "/trial/v1/records", 405),
        ("DELETE", "/trial/v1/records", 405),
        ("POST", "/healthz", 405),
        ("GET", "/api/v1/auth/token", 405),
        ("PROPFIND", "/trial/v1/records", 405),
    ],
)
def test_a_wrong_address_or_verb_is_a_problem(client: httpx.Client, verb: str, path: str, status: int) -> None:
    answer = client.request(verb, httpx.URL(client.base_url, raw_path=path.encode()))

    assert answer.status_code == status
    if status == 405:
        assert answer.headers["allow"]
    if status != 307:
        assert answer.headers["content-type"] == "application/problem+json"


def test_headers_beyond_8_kib_are_431_and_addresses_414(client: httpx.Client) -> None:
    many = client.get("/healthz", headers={f"x-{n}": "y" * 1000 for n in range(9)})
    long = client.get("/trial/v1/records?words=" + "x" * 9000)
    endless = client.get("/healthz", headers={"x-endless": "y" * 50_000})

    assert (many.status_code, long.status_code, endless.status_code) == (431, 414, 431)
    assert many.json()["title"] == long.json()["title"].replace("Address too long", many.json()["title"])


def test_what_is_no_http_gets_a_problem_too(client: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=5) as raw:
        raw.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
        answer = raw.makefile("rb").read()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"400" in head.splitlines()[0]
    assert json.loads(body)["status"] == 400


def test_the_reserved_words_of_a_browser_reach_no_file(client: httpx.Client) -> None:
    assert client.get("/favicon.ico").status_code == 404
