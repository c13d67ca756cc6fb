"""What the programs are told under Kubernetes and compose: real settings, with which each of them starts."""

import importlib
import re

import pytest
import yaml

from gateway.settings import GatewaySettings
from kernel.settings import load
from scripts import document
from tests.deploy.rendering import (
    DEPLOY,
    OVERLAYS,
    PROGRAMS,
    ROOT,
    SERVICES,
    containers_of,
    of_kind,
    pod_of,
    settings_of,
    workloads,
)

README = (ROOT / "README.md").read_text("utf-8")
KNOWN = {name.upper() for each in document.settings_classes() for name in each.model_fields}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OWN_OF_COMPOSE = {"PORT", "LISTEN", "MUSIC_FOLDER", "POSTGRES_PASSWORD", "REGISTRY", "TAG", "GRAFANA_PASSWORD"}
SECRET = "s" * 40
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a pod is reached by others, and policies say by whom


def settings_class(program):
    if program == "gateway":
        return GatewaySettings
    return vars(importlib.import_module(f"services.{program}.settings"))[f"{program.title()}Settings"]


def started_with(program, told, monkeypatch, folder):
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return load(settings_class(program), secrets=folder)


def told_by_env_file():
    lines = (DEPLOY / "k8s" / "system" / "settings.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_name_that_programs_are_told_is_a_setting_in_the_readme(overlay):
    ours = [name for name in workloads(overlay) if name.split("-")[0] in PROGRAMS]
    named = {each["name"] for name in ours for c in containers_of(workloads(overlay)[name]) for each in c.get("env", ())}

    for name in named | settings_of(overlay).keys():
        assert f"| `{name}` |" in README, name


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_takes_what_it_is_told_under_kubernetes(overlay, program, monkeypatch, tmp_path):
    container = pod_of(workloads(overlay)[program])["containers"][0]
    own = {each["name"]: each["value"] for each in container.get("env", ())}

    settings = started_with(program, {**settings_of(overlay), **own, "JWT_SECRET": SECRET}, monkeypatch, tmp_path)

    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    if program == "gateway":
        assert ports == {"http": settings.gateway_port}
        assert settings.gateway_host == EVERYWHERE
    else:
        port = getattr(settings, f"{program}_port")
        assert ports == {"calls": port, "health": port + 10, "metrics": port + 20}
        assert settings.service_host == EVERYWHERE


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_address_is_a_service_with_that_port(overlay):
    told = settings_of(overlay)
    addresses = [value for name, value in told.items() if name.endswith("_ADDRESS")]
    addresses += [pair.split("=")[1] for pair in told["GATEWAY_SERVICES"].split(",")]
    services = of_kind(overlay, "Service")

    assert len(addresses) == 9
    for address in addresses:
        name, port = address.split(":")
        assert int(port) in {each["port"] for each in services[name]["spec"]["ports"]}


def test_every_service_is_found_by_the_gateway_and_by_its_neighbours():
    told = told_by_env_file()
    fields = {name.upper() for service in SERVICES for name in settings_class(service).model_fields}

    assert {pair.split("=")[0] for pair in told["GATEWAY_SERVICES"].split(",")} == {f"soniquebay.{s}.v1" for s in SERVICES}
    assert {name for name in fields if name.endswith("_ADDRESS")} == {name for name in told if name.endswith("_ADDRESS")}


def test_the_name_that_the_way_in_has_is_the_gateways():
    for overlay in OVERLAYS:
        (route,) = of_kind(overlay, "IngressRoute")["gateway"]["spec"]["routes"]
        assert re.findall(r"Host\(`([^`]+)`\)", route["match"]) == [settings_of(overlay)["GATEWAY_ALLOWED_HOSTS"]]
        assert "!Path(`/metrics`)" in route["match"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_takes_what_it_is_told_by_compose(program, monkeypatch, tmp_path):
    told = {
        name: re.sub(r"\$\{\w+:[-?][^}]*\}", "", value) for name, value in COMPOSE["services"][program]["environment"].items()
    }

    assert told.keys() <= KNOWN
    assert started_with(program, {**told_by_env_file(), **told, "JWT_SECRET": SECRET}, monkeypatch, tmp_path)


def test_what_compose_asks_its_env_file_for_is_a_setting_or_its_own():
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    offered = set(re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text("utf-8"), re.MULTILINE))

    assert asked - KNOWN == OWN_OF_COMPOSE
    assert offered <= asked


@pytest.mark.parametrize("program", PROGRAMS)
def test_under_compose_no_program_is_root_or_writes_into_its_image(program):
    service = COMPOSE["services"][program]

    assert (service["user"], service["read_only"], service["cap_drop"]) == ("65532:65532", True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
