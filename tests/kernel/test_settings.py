"""Where a setting's value comes from, how it is written, and what a person reads who wrote it wrong."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, SecretStr, ValidationError

from kernel.settings import AppSettings, Names, Port, SettingsError, Span, change_environment, is_any_set, load


class MailSettings(AppSettings):
    own_prefixes: ClassVar[tuple[str, ...]] = ("MAIL_",)
    mail_port: Port = 25
    mail_wait: Span = timedelta(seconds=5)
    mail_peers: Names = ()
    mail_api_key: SecretStr = SecretStr("")
    mail_ratio: float = Field(0.5, gt=0)


class UrlSettings(AppSettings):
    mail_home_url: str = "https://mail.example.org"


@pytest.fixture(autouse=True)
def working_directory(tmp_path, monkeypatch):
    """An empty one, and an environment without a name these tests use."""
    for name in os.environ:
        if name.upper() in {field.upper() for field in MailSettings.model_fields} or name.upper().startswith("MAIL_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def secrets(tmp_path):
    """A folder like /run/secrets."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder


def write_config(content: object) -> None:
    Path("config.json").write_text(json.dumps(content), "utf-8")


def problems_of(**arguments: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(MailSettings, **arguments)
    return caught.value.problems


def test_without_anything_set_the_defaults_hold():
    settings = load(MailSettings)

    assert (settings.mail_port, settings.mail_peers, settings.service_host) == (25, (), "127.0.0.1")


def test_the_environment_is_read_whatever_the_case(monkeypatch):
    monkeypatch.setenv("MAIL_PORT", "26")
    monkeypatch.setenv("mail_api_key", "k")

    settings = load(MailSettings)

    assert settings.mail_port == 26
    assert settings.mail_api_key.get_secret_value() == "k"


def test_a_secret_file_is_read_without_its_last_newline(secrets):
    (secrets / "MAIL_API_KEY").write_text("from-file\n")

    assert load(MailSettings, secrets=secrets).mail_api_key.get_secret_value() == "from-file"


def test_a_secret_file_may_be_named_in_lower_case(secrets):
    (secrets / "mail_api_key").write_text("from-file")

    assert load(MailSettings, secrets=secrets).mail_api_key.get_secret_value() == "from-file"


def test_the_links_kubernetes_makes_in_a_secret_folder_are_followed(secrets):
    (secrets / "..2026_01_01").mkdir()
    (secrets / "..2026_01_01" / "MAIL_API_KEY").write_text("linked")
    (secrets / "..data").symlink_to("..2026_01_01")
    (secrets / "MAIL_API_KEY").symlink_to("..data/MAIL_API_KEY")

    assert load(MailSettings, secrets=secrets).mail_api_key.get_secret_value() == "linked"


def test_no_secret_folder_is_no_problem(tmp_path):
    assert load(MailSettings, secrets=tmp_path / "none").mail_port == 25


@pytest.mark.parametrize(
    "content",
    [
        {"mail_api_key": "k", "mail_port": 26},
        {"mail": {"api_key": "k", "port": 26}},
        {"secrets": {"mail": {"api_key": "k"}}, "mail": {"port": 26}},
        {"secrets": {"mail_api_key": "k"}, "MAIL": {"Port": 26}},
        {"mail": {"api": {"key": "k"}, "port": "26"}},
    ],
    ids=["flat", "nested", "below secrets", "mixed case", "deeper"],
)
def test_config_json_may_be_nested(content):
    write_config(content)

    settings = load(MailSettings)

    assert settings.mail_api_key.get_secret_value() == "k"
    assert settings.mail_port == 26


def test_config_json_saved_by_a_windows_editor_is_read():
    Path("config.json").write_bytes(b'\xef\xbb\xbf{"mail": {"port": 26}}')

    assert load(MailSettings).mail_port == 26


def test_environment_beats_secret_file_beats_config_json_beats_default(monkeypatch, secrets):
    write_config({"mail": {"api_key": "config", "port": 1, "ratio": 0.1}})
    (secrets / "MAIL_API_KEY").write_text("file")
    (secrets / "MAIL_PORT").write_text("2")
    monkeypatch.setenv("MAIL_API_KEY", "environment")

    settings = load(MailSettings, secrets=secrets)

    assert settings.mail_api_key.get_secret_value() == "environment"
    assert settings.mail_port == 2
    assert settings.mail_ratio == 0.1
    assert settings.mail_wait == timedelta(seconds=5)


def test_an_empty_value_means_not_set_wherever_it_stands(monkeypatch, secrets):
    monkeypatch.setenv("MAIL_PORT", "")
    (secrets / "MAIL_WAIT").write_text("\n")
    write_config({"mail": {"ratio": None, "port": ""}})

    settings = load(MailSettings, secrets=secrets)

    assert (settings.mail_port, settings.mail_wait, settings.mail_ratio) == (25, timedelta(seconds=5), 0.5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("250ms", 0.25),
        ("30s", 30),
        ("5m", 300),
        ("5 m", 300),
        (" 12h ", 43_200),
        ("30d", 2_592_000),
        ("PT5M", 300),
        ("0", 0),
    ],
)
def test_spans_are_read_in_the_ways_people_write_them(monkeypatch, text, seconds):
    monkeypatch.setenv("MAIL_WAIT", text)

    assert load(MailSettings).mail_wait == timedelta(seconds=seconds)


def test_a_span_in_config_json_may_be_a_number_of_seconds():
    write_config({"mail": {"wait": 2.5}})

    assert load(MailSettings).mail_wait == timedelta(seconds=2.5)


@pytest.mark.parametrize("text", ["-5", "-5s", "soon", "5 parsecs", "nan", "inf", "9" * 30, "99999999999999d"])
def test_a_span_that_is_none_is_a_problem_not_a_crash(monkeypatch, text):
    monkeypatch.setenv("MAIL_WAIT", text)

    (problem,) = problems_of()

    assert problem.startswith("MAIL_WAIT: ")


@pytest.mark.parametrize("text", ["a,b", " a , b ", "a,,b,"])
def test_lists_are_separated_by_commas(monkeypatch, text):
    monkeypatch.setenv("MAIL_PEERS", text)

    assert load(MailSettings).mail_peers == ("a", "b")


def test_a_list_in_config_json_may_be_a_list():
    write_config({"mail": {"peers": ["a", "b"]}})

    assert load(MailSettings).mail_peers == ("a", "b")


def test_an_unknown_name_under_an_own_prefix_is_a_problem_with_a_suggestion(monkeypatch):
    monkeypatch.setenv("MAIL_PROT", "26")

    assert problems_of() == ["MAIL_PROT: there is no such setting; did you mean MAIL_PORT?"]


def test_an_unknown_name_like_no_other_is_a_problem_without_one(monkeypatch):
    monkeypatch.setenv("MAIL_XYZZY_PLUGH", "26")

    assert problems_of() == ["MAIL_XYZZY_PLUGH: there is no such setting"]


def test_unknown_names_are_found_in_config_json_and_secret_files_too(secrets):
    write_config({"mail": {"prot": 26}})
    (secrets / "MAIL_APIKEY").write_text("k")

    problems = problems_of(secrets=secrets)

    assert [problem.split(":")[0] for problem in problems] == ["MAIL_APIKEY", "MAIL_PROT"]


def test_names_under_other_prefixes_are_nobodys_problem(monkeypatch):
    monkeypatch.setenv("POST_PROT", "26")
    write_config({"post": {"prot": 26}})

    assert load(MailSettings).mail_port == 25


def test_all_problems_are_listed_at_once(monkeypatch):
    monkeypatch.setenv("MAIL_PROT", "26")
    monkeypatch.setenv("MAIL_PORT", "70000")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    write_config({"mail": {"wait": "soon", "ratio": 0}})

    problems = problems_of()

    assert {problem.split(":")[0] for problem in problems} == {"MAIL_PROT", "MAIL_PORT", "LOG_LEVEL", "MAIL_WAIT", "MAIL_RATIO"}


@pytest.mark.parametrize("name", ["MAIL_PORT", "MAIL_WAIT", "MAIL_RATIO", "LOG_LEVEL", "MAIL_UNKNOWN"])
def test_no_problem_repeats_the_value_for_it_may_be_a_key(monkeypatch, name):
    monkeypatch.setenv(name, "hunter2-hunter2")

    (problem,) = problems_of()

    assert "hunter2" not in problem


def test_no_problem_repeats_a_value_of_config_json():
    write_config({"mail": {"peers": [{"key": "hunter2"}], "port": ["hunter2"], "api_key": ["hunter2"]}})

    problems = problems_of()

    assert {problem.split(":")[0] for problem in problems} == {"MAIL_PEERS", "MAIL_PORT", "MAIL_API_KEY"}
    assert "hunter2" not in "".join(problems)


@pytest.mark.parametrize(
    "content",
    [b"{", b"[1]", b'"mail"', b"\xff\xfe", b'{"a":' * 100_000],
    ids=["cut off", "list", "text", "no UTF-8", "bottomless"],
)
def test_a_config_json_that_cannot_be_used_is_a_problem_naming_the_file(content):
    Path("config.json").write_bytes(content)

    (problem,) = problems_of()

    assert problem.startswith("config.json: ")


def test_a_secret_file_that_cannot_be_read_is_a_problem_naming_the_setting(secrets):
    (secrets / "MAIL_API_KEY").write_bytes(b"\xff\xfehunter2")

    (problem,) = problems_of(secrets=secrets)

    assert problem.startswith("MAIL_API_KEY: ")
    assert "hunter2" not in problem


def test_settings_cannot_be_changed_after_the_start():
    settings = load(MailSettings)

    with pytest.raises(ValidationError, match="frozen"):
        settings.mail_port = 1  # type: ignore[misc]


def test_a_secret_is_not_shown_when_the_settings_are_printed(monkeypatch):
    monkeypatch.setenv("MAIL_API_KEY", "hunter2")

    assert "hunter2" not in repr(load(MailSettings))


def test_upstreams_find_the_contact_in_our_user_agent(monkeypatch):
    monkeypatch.setenv("CONTACT", "me@example.org")

    assert load(AppSettings).user_agent == "SoniqueBay/1.0 ( me@example.org )"


@pytest.mark.parametrize("place", ["environment", "environment in lower case", "secret file", "config.json"])
def test_a_setting_counts_as_set_wherever_a_person_put_it(monkeypatch, secrets, place):
    match place:
        case "environment":
            monkeypatch.setenv("MAIL_API_KEY", "k")
        case "environment in lower case":
            monkeypatch.setenv("mail_api_key", "k")
        case "secret file":
            (secrets / "MAIL_API_KEY").write_text("k")
        case _:
            write_config({"secrets": {"mail": {"api_key": "k"}}})

    assert is_any_set(["MAIL_PORT", "MAIL_API_KEY"], secrets=secrets)


def test_an_empty_setting_does_not_count_as_set(monkeypatch, secrets):
    monkeypatch.setenv("MAIL_API_KEY", "")
    (secrets / "MAIL_API_KEY").write_text("\n")
    write_config({"secrets": {"mail": {"api_key": ""}}})

    assert not is_any_set(["MAIL_PORT", "MAIL_API_KEY"], secrets=secrets)


def test_a_changed_environment_holds_what_it_held_with_the_changes(monkeypatch):
    monkeypatch.setenv("MAIL_PORT", "26")
    monkeypatch.setenv("MAIL_WAIT", "1m")

    change_environment({"MAIL_WAIT": "5m"})

    assert os.environ["MAIL_PORT"] == "26"
    assert os.environ["MAIL_WAIT"] == "5m"


def test_addresses_a_person_typed_are_trusted_with_their_port(monkeypatch):
    monkeypatch.setenv("MAIL_HOME_URL", "http://nas.local/api")
    monkeypatch.setenv("UPSTREAM_TRUSTED_HOSTS", "127.0.0.1:9000")

    settings = load(UrlSettings)

    assert settings.trusted_hosts == {"nas.local:80", "127.0.0.1:9000"}


def test_addresses_nobody_typed_and_databases_are_not_trusted(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://me:hunter2@db.local:5432/music")
    monkeypatch.setenv("REDIS_URL", "redis://redis.local:6379/0")

    assert load(UrlSettings).trusted_hosts == frozenset()


@pytest.mark.parametrize("address", ["http://nas:port", "http://nas:99999", "https://[::1", "http://", "https://:443/"])
def test_an_address_without_a_usable_host_is_a_problem_at_the_start(monkeypatch, address):
    monkeypatch.setenv("MAIL_HOME_URL", address)

    with pytest.raises(SettingsError, match="MAIL_HOME_URL: "):
        load(UrlSettings)
