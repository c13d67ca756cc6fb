"""What a browser gets of the web app: its page, its files as they are now, and nothing that was not meant to be."""

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import MakeGateway
from tests.gateway.running import RunningGateway

LONG_AGO = time.time() - 3600
SCRIPT = "/assets/app-1a2b.js"
PAGE = '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script src="{script}"></script>'


def build(dist: Path, files: Mapping[str, str]) -> None:
    """Makes the folder anew, as a build does: emptied first."""
    if dist.is_dir():
        for each in dist.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    for name, content in files.items():
        path = dist / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (LONG_AGO, LONG_AGO))


def app(script: str, content: str) -> dict[str, str]:
    """What a build writes whose one script is called so."""
    return {"index.html": PAGE.format(script=script), script.lstrip("/"): content, "icon.svg": "<svg/>"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return tmp_path / "dist"


@pytest.fixture
def web(make_gateway: MakeGateway, tmp_path: Path, dist: Path) -> RunningGateway:
    build(dist, app(SCRIPT, "go();" * 1000))
    (tmp_path / "secret.txt").write_text("secret")
    return make_gateway(gateway_web_dir=dist)


def test_the_web_app_is_shown_at_every_address_of_its_own(web: RunningGateway) -> None:
    pages = [web.client.get(path) for path in ("/", "/artists/7", "/settings?tab=keys", "/index.html", "/nowhere", "/assets")]

    assert {page.status_code for page in pages} == {200}
    assert all("<script" in page.text for page in pages)
    assert web.client.get("/api/v1/nothing").status_code == 404
    assert web.client.get("/trial/v1/counts").json()["a"] == 1


@pytest.mark.parametrize(
    "path",
    ["/assets/app-0000.js", "/assets/", "/assets/deeper/none", "/none.css", "/artists/none.js", "/none.webmanifest", "/.env"],
)
def test_a_file_that_is_not_there_is_a_problem_and_no_page(web: RunningGateway, path: str) -> None:
    answer = web.client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["detail"] == "The web app has no such file."


@pytest.mark.parametrize("mode", ["no-cors", "cors", "same-origin"])
def test_who_does_not_go_there_is_not_given_the_page(web: RunningGateway, mode: str) -> None:
    """A script or a picture that is meant to be at such an address would be read as one."""
    answers = {each: web.client.get("/artists/7", headers={"sec-fetch-mode": each}) for each in (mode, "navigate")}

    assert {each: answer.status_code for each, answer in answers.items()} == {mode: 404, "navigate": 200}


def test_the_page_and_its_policy_share_a_nonce_used_once(web: RunningGateway) -> None:
    first, second = web.client.get("/"), web.client.get("/")

    nonce = first.text.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in first.headers["content-security-policy"]
    assert nonce not in second.text
    assert "script-src 'self';" in first.headers["content-security-policy"]


def test_a_page_that_a_browser_has_is_kept_with_the_policy_it_came_with(web: RunningGateway) -> None:
    """Its nonce is in both: another policy would let none of its styles in."""
    page = web.client.get("/")

    again = web.client.get("/albums/1", headers={"if-none-match": f"W/{page.headers['etag']}"})

    assert page.headers["cache-control"] == again.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])
    assert "content-security-policy" not in again.headers
    assert again.headers["x-frame-options"] == "DENY"


def test_files_are_packed_kept_and_asked_for_again(web: RunningGateway) -> None:
    script = web.client.get(SCRIPT)
    again = web.client.get(SCRIPT, headers={"if-none-match": f'"other", W/{script.headers["etag"]}'})
    plain = web.client.get(SCRIPT, headers={"accept-encoding": "identity"})

    assert script.headers["content-encoding"] == "gzip"
    assert int(script.headers["content-length"]) < 200
    assert "immutable" in script.headers["cache-control"]
    assert again.status_code == 304
    assert plain.text == script.text == "go();" * 1000
    assert web.client.get("/icon.svg").headers["cache-control"] == "no-cache"


def test_what_was_built_anew_is_shown_without_a_restart(web: RunningGateway, dist: Path) -> None:
    before = web.client.get("/")
    web.client.get(SCRIPT)

    build(dist, app("/assets/app-3c4d.js", "anew();"))
    after = web.client.get("/", headers={"if-none-match": before.headers["etag"]})

    assert after.status_code == 200
    assert "/assets/app-3c4d.js" in after.text
    assert web.client.get("/assets/app-3c4d.js").text == "anew();"
    assert web.client.get(SCRIPT).status_code == 404


def test_a_file_that_changed_under_its_name_is_read_again(web: RunningGateway, dist: Path) -> None:
    before = web.client.get("/icon.svg")

    (dist / "icon.svg").write_text("<svg>another</svg>")
    after = web.client.get("/icon.svg", headers={"if-none-match": before.headers["etag"]})

    assert (after.status_code, after.text) == (200, "<svg>another</svg>")


def test_what_may_be_half_written_is_not_kept_for_ever(web: RunningGateway, dist: Path) -> None:
    script = dist / SCRIPT.lstrip("/")
    script.write_text("go();" * 10)
    os.utime(script, (time.time() + 60, time.time() + 60))  # as if written just now, however slow this test is
    while_written = web.client.get(SCRIPT)

    script.write_text("go();" * 1000)
    os.utime(script, (LONG_AGO, LONG_AGO))
    written = web.client.get(SCRIPT)

    assert (while_written.text, while_written.headers["cache-control"]) == ("go();" * 10, "no-cache")
    assert (written.text, "immutable" in written.headers["cache-control"]) == ("go();" * 1000, True)


def test_an_app_that_is_being_built_anew_is_away_for_a_moment(web: RunningGateway, dist: Path) -> None:
    web.client.get("/")

    build(dist, {})
    away = [web.client.get(path) for path in ("/", "/artists/7")]
    build(dist, app(SCRIPT, "go();"))

    assert [(answer.status_code, answer.headers["retry-after"]) for answer in away] == [(503, "1")] * 2
    assert web.client.get("/").status_code == 200


def test_an_app_that_was_built_since_the_start_is_shown(make_gateway: MakeGateway, dist: Path) -> None:
    gateway = make_gateway(gateway_web_dir=dist)
    before = gateway.client.get("/")

    build(dist, app(SCRIPT, "go();"))

    assert (before.status_code, before.headers["location"]) == (307, "/docs")
    assert "<script" in gateway.client.get("/").text


def test_a_folder_may_be_a_link_to_the_build_that_counts(make_gateway: MakeGateway, tmp_path: Path, dist: Path) -> None:
    for name in ("first", "second"):
        build(tmp_path / name, app(SCRIPT, f"{name}();"))
    dist.symlink_to(tmp_path / "first")
    client = make_gateway(gateway_web_dir=dist).client
    first = client.get(SCRIPT).text

    (tmp_path / "swap").symlink_to(tmp_path / "second")
    (tmp_path / "swap").rename(dist)

    assert (first, client.get(SCRIPT).text) == ("first();", "second();")


@pytest.fixture
def paths() -> list[str]:
    tricks = ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%252fsecret.txt", "....//secret.txt", "..\\secret.txt"]
    more = ["%c0%ae%c0%ae/secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "secret.txt%00.js", "~", ".", "a" * 5000]
    return [*tricks, *more, "assets/../../secret.txt", "assets/./../../secret.txt", "%ff%fe.js", "assets", "icon.svg/"]


def test_no_path_a_caller_makes_up_reaches_a_file(web: RunningGateway, paths: list[str]) -> None:
    for path in paths:
        for root in (b"/", b"/assets/", b"/docs/"):
            answer = web.client.get(httpx.URL(web.url, raw_path=root + path.encode()))

            assert answer.status_code < 500
            assert "secret" not in answer.text.replace("secret.txt", "")
            assert "root:" not in answer.text


def test_no_link_and_nothing_hidden_is_followed(web: RunningGateway, tmp_path: Path, dist: Path) -> None:
    (dist / "file.txt").symlink_to(tmp_path / "secret.txt")
    (dist / "assets" / "beside.js").symlink_to(dist / SCRIPT.lstrip("/"))
    (dist / "out").symlink_to(tmp_path)
    (dist / ".vite").mkdir()
    (dist / ".vite" / "manifest.json").write_text("secret")
    os.mkfifo(dist / "pipe.txt")

    for path in ("/file.txt", "/assets/beside.js", "/out/secret.txt", "/.vite/manifest.json", "/pipe.txt"):
        assert web.client.get(path).status_code == 404, path
