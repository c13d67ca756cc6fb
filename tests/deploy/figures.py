"""Which figures do the programs give, as their code declares them, and which ones does an expression ask for?"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.rendering import DEPLOY, ROOT

MONITORING = DEPLOY / "monitoring"
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((MONITORING / "rules.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
DASHBOARDS = {path.name: json.loads(path.read_text("utf-8")) for path in sorted((MONITORING / "dashboards").glob("*.json"))}
PANELS = [(name, panel) for name, dashboard in DASHBOARDS.items() for panel in dashboard["panels"]]
_SUFFIXES = {
    "Counter": ("_total",),
    "CounterMetricFamily": ("_total",),
    "Gauge": ("",),
    "GaugeMetricFamily": ("",),
    "Histogram": ("_bucket", "_count", "_sum"),
}
_OWN_OF_PROMETHEUS: Mapping[str, frozenset[str]] = {"up": frozenset()}
_OF_TARGETS = {"job", "instance", "role"}
_WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"}
_GROUPING = re.compile(r"\b(by|without|on|ignoring)\s*\(([^)]*)\)")


@cache
def declared() -> dict[str, frozenset[str]]:
    """The labels of every series, by its name."""
    found = dict(_OWN_OF_PROMETHEUS)
    for folder in ("kernel", "upstreams", "services", "gateway"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(_declared_in(path))
    return found


def _declared_in(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    tree = ast.parse(path.read_text("utf-8"))
    lists = {
        target.id: words
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in _pairs(node)
        if isinstance(target, ast.Name) and (words := _words(value, {})) is not None
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        kind = getattr(call.func, "id", "")
        if kind not in _SUFFIXES or not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        given = [word.value for word in call.keywords if word.arg == "labels"] or call.args[2:3]
        labels = (_words(given[0], lists) if given else None) or frozenset()
        for suffix in _SUFFIXES[kind]:
            extra = {"le"} if suffix == "_bucket" else set()
            yield f"{call.args[0].value!s}{suffix}", labels | extra


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _words(expression: ast.expr, lists: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    if isinstance(expression, ast.Name):
        return lists.get(expression.id)
    if isinstance(expression, ast.List) and all(isinstance(each, ast.Constant) for each in expression.elts):
        return frozenset(str(each.value) for each in expression.elts if isinstance(each, ast.Constant))
    return None


def asked_for(expression: str) -> tuple[set[str], set[str]]:
    """Names of series, and names of labels, in one expression of Prometheus."""
    labels = {label for _, inside in _GROUPING.findall(expression) for label in re.findall(r"\w+", inside)}
    bare = _GROUPING.sub(" ", expression)
    labels |= {label for inside in re.findall(r"\{([^}]*)\}", bare) for label in re.findall(r"(\w+)\s*[=!]", inside)}
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", bare)
    names = set(re.findall(r"\b([a-zA-Z_]\w*)\b(?!\s*\()", bare))
    return names - _WORDS, labels


def faults_of(expression: str, known: Mapping[str, AbstractSet[str]] | None = None) -> list[str]:
    """What in it no program gives: by what their code declares, unless others are `known`."""
    known = declared() if known is None else {**known, **_OWN_OF_PROMETHEUS}
    names, labels = asked_for(re.sub(r"#.*", "", expression))
    given = {label for name in names for label in known.get(name, ())} | _OF_TARGETS
    no_series = [f"no series {name}" for name in sorted(names - known.keys())]
    return no_series + [f"no label {label}" for label in sorted(labels - given)]


def scraped(texts: Iterable[str]) -> dict[str, set[str]]:
    """The labels of every series in answers of /metrics, by its name."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found
