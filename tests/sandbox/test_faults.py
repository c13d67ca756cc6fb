"""Does a client really meet every fault that the sandbox promises?"""

import itertools
import json
import socket
import time
import zlib
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.running import LASTFM, RunningSandbox

ASK = {"method": "artist.getInfo", "artist": "Radiohead", "api_key": "test-key"}
GENEROUS = 5.0


def ask_raw(sandbox: RunningSandbox) -> socket.socket:
    """A bare connection on which artist.getInfo has been asked."""
    address = urlsplit(sandbox.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=GENEROUS)
    path = f"{LASTFM}?{httpx.QueryParams(ASK)}"
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: sandbox\r\n\r\n".encode())
    return connection


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def test_status_fault_carries_code_body_headers_and_retry_after(sandbox):
    sandbox.fault("status", code=503, body="closed", content_type="text/plain", headers={"X-Why": "test"}, retry_after=7)

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert (answer.status_code, answer.text) == (503, "closed")
    assert (answer.headers["x-why"], answer.headers["retry-after"]) == ("test", "7")


def test_lastfm_error_fault_is_written_in_the_format_that_was_asked_for(sandbox):
    sandbox.fault("lastfm_error", code=8)

    as_xml = sandbox.ask("artist.getInfo", artist="Radiohead")
    as_json = sandbox.ask("artist.getInfo", artist="Radiohead", format="json")

    assert as_xml.status_code == 500
    assert '<error code="8">Operation failed' in as_xml.text
    assert as_json.json()["error"] == 8


def test_lastfm_error_fault_may_come_with_another_status(sandbox):
    sandbox.fault("lastfm_error", code=11, status=200)

    answer = sandbox.ask("artist.getInfo", artist="Radiohead", format="json")

    assert (answer.status_code, answer.json()["error"]) == (200, 11)


def test_html_fault_is_a_page_with_status_200(sandbox):
    sandbox.fault("html")

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_truncated_fault_cuts_the_real_body(sandbox):
    whole = sandbox.ask("artist.getInfo", artist="Radiohead").content
    sandbox.fault("truncated")

    cut = sandbox.ask("artist.getInfo", artist="Radiohead").content

    assert cut == whole[: len(whole) // 2]


def test_wrong_type_fault_is_well_formed_but_not_what_was_asked_for(sandbox):
    sandbox.fault("wrong_type")

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert isinstance(answer.json(), list)


def test_empty_fault_has_the_real_headers_and_no_body(sandbox):
    sandbox.fault("empty")

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/xml")


def test_huge_fault_sends_as_many_bytes_as_it_was_told(sandbox):
    sandbox.fault("huge", bytes=3_000_000)

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert len(answer.content) == 3_000_000
    assert "content-length" not in answer.headers


def test_delay_fault_answers_normally_but_late(sandbox):
    sandbox.fault("delay", seconds=0.2)
    began = time.monotonic()

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert time.monotonic() - began >= 0.2
    assert "<name>Radiohead</name>" in answer.text


def test_hang_fault_never_answers_and_is_in_the_journal_at_once(sandbox):
    sandbox.fault("hang")
    impatient = httpx.Timeout(GENEROUS, read=0.2)

    with pytest.raises(httpx.ReadTimeout):
        sandbox.client.post(LASTFM, data=ASK, timeout=impatient)

    (row,) = sandbox.control("journal")["rows"]
    assert (row["fault"], row["status"]) == ("hang", None)


def test_hang_fault_gives_up_after_its_seconds(sandbox):
    sandbox.fault("hang", seconds=0.1)

    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.ask("artist.getInfo", artist="Radiohead")


def test_reset_fault_is_a_tcp_reset_in_the_middle_of_the_body(sandbox):
    sandbox.fault("reset", after=0.1)

    with ask_raw(sandbox) as connection:
        begun = connection.recv(65536)
        with pytest.raises(ConnectionResetError):
            read_all(connection)

    assert begun.startswith(b"HTTP/1.1 200 OK")


def test_drip_headers_fault_brings_the_head_byte_by_byte(sandbox):
    sandbox.fault("drip_headers", interval=0.002)

    with ask_raw(sandbox) as connection:
        first = connection.recv(65536)
        rest = read_all(connection)

    assert len(first) < 20
    assert (first + rest).endswith(b"</lfm>\n")


def test_drip_body_fault_brings_the_body_byte_by_byte(sandbox):
    sandbox.script({"fault": {"kind": "drip_body", "interval": 0.001}, "api_method": "artist.getTopTags"})

    with sandbox.client.stream("POST", LASTFM, data={**ASK, "method": "artist.getTopTags"}) as answer:
        chunks = list(itertools.islice(answer.iter_raw(), 20))

    assert len(b"".join(chunks)) < 200


def test_gzip_bomb_fault_is_small_on_the_wire_and_large_unpacked(sandbox):
    sandbox.fault("gzip_bomb", bytes=20_000_000)

    with sandbox.client.stream("POST", LASTFM, data=ASK) as answer:
        sent = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert len(sent) < 100_000
    assert unpacked_size(sent) >= 20_000_000


def unpacked_size(packed: bytes) -> int:
    size = 0
    while packed:
        member = zlib.decompressobj(wbits=31)
        size += len(member.decompress(packed))
        packed = member.unused_data
    return size


def test_redirect_fault_names_the_place_it_was_given(sandbox):
    sandbox.fault("redirect", location="http://127.0.0.1:9/elsewhere")

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:9/elsewhere")


def test_redirect_loop_fault_never_arrives(sandbox):
    sandbox.fault("redirect_loop")

    with pytest.raises(httpx.TooManyRedirects):
        sandbox.client.post(LASTFM, data=ASK, follow_redirects=True)


def test_short_content_length_fault_sends_more_than_it_declares(sandbox):
    sandbox.fault("short_content_length")

    with ask_raw(sandbox) as connection:
        head, body = read_all(connection).split(b"\r\n\r\n", 1)

    declared = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert declared == len(body) // 2


def test_garbage_fault_is_neither_text_nor_xml(sandbox):
    sandbox.fault("garbage", bytes=500)

    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert len(answer.content) == 500
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()


def test_sequence_is_followed_step_by_step_and_then_over(sandbox):
    sandbox.script({"sequence": ["503", 502, "ok", "html"]})

    seen = [sandbox.ask("artist.getInfo", artist="Radiohead") for _ in range(5)]

    assert [answer.status_code for answer in seen] == [503, 502, 200, 200, 200]
    assert seen[3].headers["content-type"].startswith("text/html")
    assert sandbox.control("faults") == {"faults": []}


def test_rule_is_for_one_method_and_one_parameter_only(sandbox):
    sandbox.script({"api_method": "artist.getinfo", "match": {"artist": "radiohead"}, "fault": {"kind": "status", "code": 500}})

    hit = sandbox.ask("artist.getInfo", artist="Radiohead")
    other_artist = sandbox.ask("artist.getInfo", artist="Portishead")
    other_method = sandbox.ask("artist.getTopTags", artist="Radiohead")

    assert [hit.status_code, other_artist.status_code, other_method.status_code] == [500, 200, 200]


def test_rule_with_times_is_spent_after_as_many_hits(sandbox):
    sandbox.script({"times": 2, "fault": {"kind": "status", "code": 500}})

    codes = [sandbox.ask("artist.getInfo", artist="Radiohead").status_code for _ in range(3)]

    assert codes == [500, 500, 200]


def test_rate_faults_about_that_share_of_the_requests(sandbox):
    sandbox.script({"rate": 0.25, "fault": {"kind": "status", "code": 503}})

    codes = [sandbox.ask("artist.getTopTags", artist="Radiohead").status_code for _ in range(200)]

    assert 25 <= codes.count(503) <= 80


def test_removed_rule_no_longer_fails_anybody(sandbox):
    rule = sandbox.script({"fault": {"kind": "status", "code": 500}})

    removed = sandbox.client.delete(f"/_sandbox/faults/{rule['id']}")
    again = sandbox.client.delete(f"/_sandbox/faults/{rule['id']}")

    assert (removed.status_code, again.status_code) == (200, 404)
    assert sandbox.ask("artist.getInfo", artist="Radiohead").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"fault": {"kind": "html"}}, "provider"),
        ({"provider": "lastfm"}, "fault"),
        ({"provider": "lastfm", "fault": {"kind": "explode"}}, "kind"),
        ({"provider": "lastfm", "fault": {"kind": "status"}}, "code"),
        ({"provider": "lastfm", "fault": {"kind": "redirect"}}, "location"),
        ({"provider": "lastfm", "sequence": "503"}, "sequence"),
        ({"provider": "lastfm", "fault": {"kind": "html"}, "times": "two"}, "times"),
        ([], "body"),
    ],
)
def test_script_that_makes_no_sense_is_refused_by_name(sandbox, body, named):
    answer = sandbox.client.post("/_sandbox/faults", content=json.dumps(body))

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(named)
