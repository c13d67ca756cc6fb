import re
from pathlib import Path

import pytest

from scripts import document
from tests.architecture.test_contracts import METHODS, http_rule

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


SETTINGS = {name.upper(): field for each in document.settings_classes() for name, field in each.model_fields.items()}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_says_what_it_does(name):
    assert SETTINGS[name].description


def test_the_tables_of_the_readme_are_true():
    assert document.render(README) == README, "make fmt writes them anew"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_in_the_readme(name):
    assert f"| `{name}` |" in README


@pytest.mark.parametrize("method", [m for m in METHODS if http_rule(m) is not None], ids=lambda method: method.name)
def test_every_rest_path_is_in_the_readme(method):
    rule = http_rule(method)
    verb = rule.WhichOneof("pattern")

    assert f"| {verb.upper()} | `{getattr(rule, verb)}` |" in README


def test_the_map_in_architecture_is_the_real_tree():
    mapped = set(re.findall(r"^    ([a-z.]+/)", ARCHITECTURE, re.MULTILINE))
    real = {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}

    assert mapped - real - {"gen/"} == set()
    assert real - mapped - {"data/", "backups/", "gen/"} == set()


def test_every_invariant_names_a_test_that_exists():
    section = ARCHITECTURE.split("## Invariants")[1].split("\n## ")[0]
    invariants = [line for line in section.splitlines() if line.startswith("- ")]
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", section)

    assert len(invariants) >= 10
    assert len(re.findall(r"^- .*`tests/", section, re.MULTILINE)) == len(invariants)
    for path, test in named:
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), f"{path}::{test}"


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_link_between_documents_leads_somewhere(document):
    text = (ROOT / document).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if link]

    assert [link for link in links if not (ROOT / link).exists()] == []
