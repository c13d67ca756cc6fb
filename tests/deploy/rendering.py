"""What the manifests come to: each overlay as `kubectl kustomize` renders it, without any cluster."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = ("pi", "cluster")
SERVICES = tuple(sorted(path.parent.name for path in ROOT.glob("services/*/__main__.py")))
PROGRAMS = (*SERVICES, "gateway")
CUSTOM_KINDS = {"IngressRoute"}
"""Those that Traefik brings, of which no schema is at hand."""

Manifest = Mapping[str, Any]


@cache
def rendered(overlay: str) -> tuple[Manifest, ...]:
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl; no package of PyPI, npm or Debian holds kustomize")
    folder = DEPLOY / "k8s" / "overlays" / overlay
    said = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    return tuple(yaml.safe_load_all(said.stdout))


def of_kind(overlay: str, *kinds: str) -> dict[str, Manifest]:
    """By name; names are one kind's own."""
    return {each["metadata"]["name"]: each for each in rendered(overlay) if each["kind"] in kinds}


def workloads(overlay: str) -> dict[str, Manifest]:
    return of_kind(overlay, "Deployment", "StatefulSet")


def pod_of(workload: Manifest) -> Manifest:
    spec: Manifest = workload["spec"]["template"]["spec"]
    return spec


def containers_of(workload: Manifest) -> Iterator[Manifest]:
    pod = pod_of(workload)
    yield from (*pod.get("initContainers", ()), *pod["containers"])


def settings_of(overlay: str) -> dict[str, str]:
    """What the programs are told, by the name of each setting."""
    (told,) = (each["data"] for name, each in of_kind(overlay, "ConfigMap").items() if name.startswith("settings-"))
    return dict(told)


def mebibytes(quantity: str) -> int:
    units = {"Mi": 1, "Gi": 1024}
    return int(quantity[:-2]) * units[quantity[-2:]]
