"""HttpBody answers: bytes a browser can cache and resume; HttpBody requests: uploads."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.gateway.conftest import MakeGateway
from tests.gateway.trial import PICTURE, TrialServer

WHOLE, STREAM = "/trial/v1/pictures/p", "/trial/v1/pictures/p:stream"


@pytest.mark.parametrize(("path", "kind"), [(WHOLE, "image/png"), (STREAM, "image/jpeg")])
def test_bytes_come_whole_with_type_length_and_etag(client: httpx.Client, path: str, kind: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.content == PICTURE
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-length"] == str(len(PICTURE))
    assert answer.headers["etag"]
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("path", [WHOLE, STREAM])
@pytest.mark.parametrize("spelt", ["{}", "W/{}", '"other", {}', "*"])
def test_a_known_copy_is_answered_304_without_bytes(client: httpx.Client, path: str, spelt: str) -> None:
    etag = client.get(path).headers["etag"]

    answer = client.get(path, headers={"if-none-match": spelt.format(etag)})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


@pytest.mark.parametrize("path", [WHOLE, STREAM])
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-999", 0, 1000),
        ("bytes=999-1001", 999, 1002),
        ("bytes=5000-", 5000, 10240),
        ("bytes=-7", 10233, 10240),
        ("bytes=-99999", 0, 10240),
        ("bytes=10239-99999", 10239, 10240),
    ],
)
def test_a_range_is_answered_with_just_that_part(client: httpx.Client, path: str, asked: str, start: int, end: int) -> None:
    answer = client.get(path, headers={"range": asked})

    assert answer.status_code == 206
    assert answer.content == PICTURE[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/10240"


@pytest.mark.parametrize(
    "asked", ["bytes=5-4", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=" + "0-1," * 500 + "0-1", ""]
)
def test_a_range_that_is_none_or_many_is_answered_whole(client: httpx.Client, asked: str) -> None:
    answer = client.get(STREAM, headers={"range": asked})

    assert (answer.status_code, answer.content) == (200, PICTURE)


def test_a_range_beyond_the_end_is_416(client: httpx.Client) -> None:
    answer = client.get(STREAM, headers={"range": "bytes=10240-"})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */10240"


def test_a_part_is_only_sent_for_the_copy_it_belongs_to(client: httpx.Client) -> None:
    same = client.get(STREAM, headers={"range": "bytes=0-1", "if-range": '"v1"'})
    other = client.get(STREAM, headers={"range": "bytes=0-1", "if-range": '"v0"'})

    assert (same.status_code, other.status_code) == (206, 200)


def test_head_tells_the_length_without_the_bytes(client: httpx.Client) -> None:
    answer = client.head(STREAM)

    assert (answer.headers["content-length"], answer.content) == ("10240", b"")


def test_only_harmless_headers_of_a_service_come_out(client: httpx.Client) -> None:
    headers = client.get(WHOLE).headers

    assert headers["cache-control"] == "max-age=60"
    assert "set-cookie" not in headers


def test_a_missing_picture_is_a_problem(client: httpx.Client) -> None:
    for path in ("/trial/v1/pictures/missing", "/trial/v1/pictures/missing:stream"):
        assert client.get(path).status_code == 404


def test_a_torn_stream_is_not_taken_for_whole(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/trial/v1/pictures/torn:stream")


def test_an_upload_arrives_with_its_type(client: httpx.Client, trial: TrialServer) -> None:
    answer = client.put(WHOLE, content=PICTURE, headers={"content-type": "image/png"})

    assert answer.json() == {"size": 10240, "content_type": "image/png"}
    assert trial.seen[0].picture.data == PICTURE


@pytest.mark.parametrize(("size", "status"), [(20 * 2**20, 200), (20 * 2**20 + 1, 413)])
def test_an_upload_may_have_20_mebibytes(client: httpx.Client, size: int, status: int) -> None:
    assert client.put(WHOLE, content=b"x" * size, headers={"content-type": "image/png"}).status_code == status


def test_a_method_may_have_a_limit_of_its_own_for_uploads(make_gateway: MakeGateway) -> None:
    client = make_gateway(gateway_upload_mebibytes="UploadPicture=1").client

    fits, does_not = (
        client.put(WHOLE, content=b"x" * size, headers={"content-type": "image/png"}) for size in (2**20, 2**20 + 1)
    )

    assert (fits.status_code, does_not.status_code) == (200, 413)


def test_of_many_uploads_at_once_one_is_handed_on_at_a_time(client: httpx.Client, trial: TrialServer) -> None:
    def upload(_number: int) -> int:
        return client.put(WHOLE, content=b"x" * 2**20, headers={"content-type": "image/png"}).status_code

    with ThreadPoolExecutor(8) as uploaders:
        answers = list(uploaders.map(upload, range(24)))

    assert answers == [200] * 24
    assert trial.most_uploads == 1


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "rubbish"]
)
def test_an_upload_says_what_it_is_as_no_form_of_a_page_could(client: httpx.Client, trial: TrialServer, kind: str) -> None:
    assert client.put(WHOLE, content=b"x", headers={"content-type": kind}).status_code == 415
    assert client.put(WHOLE, content=b"", headers={"content-type": "image/png"}).status_code == 400
    assert trial.seen == []
