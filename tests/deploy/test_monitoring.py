"""Alerts and dashboards ask for figures that there are. What the alerts do, promtool says: scripts/get_promtool.sh gets it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tests.deploy.figures import ALERTS, DASHBOARDS, MONITORING, PANELS, asked_for, declared, faults_of, scraped
from tests.deploy.rendering import PROGRAMS, ROOT, SERVICES, of_kind

SCHEMA = json.loads((Path(__file__).parent / "dashboard.schema.json").read_text("utf-8"))


def test_the_reading_of_code_finds_series_with_their_labels():
    assert declared()["gateway_requests_total"] == {"method", "route", "status"}
    assert declared()["provider_response_time_bucket"] == {"provider", "le"}
    assert declared()["cover_source_success_ratio"] == {"kind", "source"}
    assert declared()["tracker_plays_stored_total"] == set()


def test_the_reading_of_expressions_finds_series_and_labels():
    expression = 'sum by (job) (rate(one_total{code=~"A|B", x!="y"}[5m])) / on (job) two > 0.5 and three offset 5m'

    assert asked_for(expression) == ({"one_total", "two", "three"}, {"job", "code", "x"})
    assert faults_of("rate(gateway_requests[5m])") == ["no series gateway_requests"]
    assert faults_of('gateway_requests_total{verb="GET"}') == ["no label verb"]


def test_the_reading_of_a_scrape_finds_series_and_labels():
    seen = scraped(['one_total{code="A"} 1\nsome_bucket{le="1.0"} 2\n', 'one_total{x="y"} 1\n'])

    assert faults_of('sum by (job, code) (rate(one_total{x!="y"}[5m])) and up == 1', seen) == []
    assert faults_of("sum by (z) (one_total) / two", seen) == ["no series two", "no label z"]


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_asks_for_figures_that_there_are(alert):
    assert faults_of(ALERTS[alert]["expr"]) == []


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_how_bad_it_is_what_it_saw_and_where_to_look(alert):
    rule = ALERTS[alert]

    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"].keys() == {"summary", "look"}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_is_tested_with_what_sets_it_off(alert):
    tests = yaml.safe_load((MONITORING / "rules_test.yaml").read_text("utf-8"))["tests"]
    expected = {each["alertname"] for test in tests for each in test["alert_rule_test"] if each.get("exp_alerts")}

    assert alert in expected


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=lambda each: each["title"] if isinstance(each, dict) else each)
def test_a_panel_asks_for_figures_that_there_are(name, panel):
    assert panel["targets"]
    for target in panel["targets"]:
        assert faults_of(target["expr"]) == []
        legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert legend <= asked_for(target["expr"])[1], "what a legend names must be left after the sums"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_what_grafana_reads(name):
    assert [str(error) for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(DASHBOARDS[name])] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"uid": "x" * 41},
        {"uid": "no spaces"},
        {"title": ""},
        {"schemaVersion": 16},
        {"time": {"from": "now-6h"}},
        {"panels": []},
        {"panels": [{"id": 1, "type": "timeseries", "title": "No place"}]},
        {"panels": [{**PANELS[0][1], "type": "graph"}]},
        {"panels": [{**PANELS[0][1], "gridPos": {"x": 24, "y": 0, "w": 1, "h": 1}}]},
        {"panels": [{**PANELS[0][1], "targets": [{"refId": "A", "legendFormat": "nothing asked"}]}]},
    ],
)
def test_what_grafana_cannot_read_is_seen(broken):
    dashboard = next(iter(DASHBOARDS.values()))

    assert not jsonschema_rs.is_valid(SCHEMA, {**dashboard, **broken})


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_can_be_loaded(name):
    dashboard = DASHBOARDS[name]
    (source,) = yaml.safe_load((MONITORING / "grafana" / "datasources.yaml").read_text("utf-8"))["datasources"]

    assert f"{dashboard['uid']}.json" == name
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {source["uid"]}
    for panel in dashboard["panels"]:
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {source["uid"]}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_no_panel_lies_on_another(name):
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_dashboard_and_rule_gets_into_the_cluster():
    maps = of_kind("cluster", "ConfigMap")
    inside = {name: each["data"].keys() for name, each in maps.items()}

    assert any(names == DASHBOARDS.keys() for names in inside.values())
    assert any(names == {"prometheus.yml", "rules.yaml"} for names in inside.values())


def test_prometheus_asks_every_program():
    jobs = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    asked = {(job["job_name"], name, dns["port"]) for job in jobs for dns in job["dns_sd_configs"] for name in dns["names"]}
    services = of_kind("cluster", "Service")

    assert {name for _, name, _ in asked} == {*PROGRAMS, *(f"{name}-worker" for name in SERVICES)}
    for job, name, port in asked:
        assert job == ("workers" if name.endswith("-worker") else name)
        assert port in {each["port"] for each in services[name]["spec"]["ports"]}


@pytest.mark.parametrize(
    "asked", [["check", "rules", "rules.yaml"], ["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yaml"]]
)
def test_promtool_agrees(asked):
    tool = shutil.which("promtool", path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.venv' / 'promtool' / 'usr' / 'bin'}")
    if tool is None:
        pytest.skip("there is no promtool: scripts/get_promtool.sh gets it, or says what to install")
    said = subprocess.run([tool, *asked], cwd=MONITORING, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr
