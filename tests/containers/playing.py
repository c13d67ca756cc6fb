"""An overlay as `podman play kube` runs it on one machine: what of Kubernetes is left out, and what stands in for it?"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.containers.podman import NATIVE, Podman
from tests.deploy.rendering import PROGRAMS, SERVICES, Manifest, pod_of, rendered, settings_of
from tests.fakes.servers import find_free_port, free_service_port


@dataclass(frozen=True, slots=True)
class Play:
    """What differs from a cluster: one network for all, so each program has a port of its own; one folder for all secrets.

    Left out are what podman does not know (probes, Services, policies) or does otherwise (secrets, which it mounts in Base64),
    the images of others (PostgreSQL and Redis run beside it), and the container that migrates, as each service does so as well.
    """

    overlay: str
    podman: Podman
    ports: Mapping[str, int]
    gateway_port: int

    @classmethod
    def of(cls, overlay: str, podman: Podman) -> "Play":
        return cls(overlay, podman, {name: free_service_port() for name in SERVICES}, find_free_port())

    def start(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str],
        secrets: Mapping[str, str],
        folders: Mapping[str, Path],
        sockets: Mapping[str, Path],
    ) -> None:
        """`folders` of this machine by the name of the volume that they stand in for, `sockets` by their path inside."""
        images = {f"localhost/soniquebay/{program}:0.1.0": self.podman.load(program, NATIVE) for program in PROGRAMS}
        told = folder / "secrets"
        told.mkdir()
        for name, value in secrets.items():
            (told / name).write_text(value, "utf-8")
        manifests: list[Manifest] = []
        for manifest in map(deepcopy, rendered(self.overlay)):
            kind, name = manifest["kind"], manifest["metadata"]["name"]
            manifest["metadata"].pop("namespace", None)
            if kind == "ConfigMap" and name.startswith("settings-"):
                manifests.append({**manifest, "data": {**self._own_ports(), **settings}})
            elif kind == "PersistentVolumeClaim" and name not in folders:
                manifests.append(manifest)
            elif kind == "Deployment" and (pod := pod_of(manifest))["containers"][0]["image"] in images:
                _adapt(pod, {**folders, **dict.fromkeys(("secrets", "needs-postgres", "needs-redis"), told)}, sockets, images)
                manifests.append(manifest)
        self.podman.play(yaml.safe_dump_all(manifests))

    def _own_ports(self) -> dict[str, str]:
        told = settings_of(self.overlay)
        for name, port in self.ports.items():
            told = {key: value.replace(f"{name}:50051", f"127.0.0.1:{port}") for key, value in told.items()}
            told[f"{name.upper()}_PORT"] = str(port)
        return told | {"GATEWAY_PORT": str(self.gateway_port), "GATEWAY_ALLOWED_HOSTS": "127.0.0.1"}


def _adapt(pod: Any, folders: Mapping[str, Path], sockets: Mapping[str, Path], images: Mapping[str, str]) -> None:
    pod.pop("initContainers", None)
    (container,) = pod["containers"]
    container["image"], container["imagePullPolicy"] = images[container["image"]], "Never"
    for unknown in ("ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"):
        container.pop(unknown, None)
    for volume in pod["volumes"]:
        name = volume["name"]
        if name in folders:
            volume |= {"hostPath": {"path": str(folders[name]), "type": "Directory"}}
            for other in ("persistentVolumeClaim", "projected", "secret"):
                volume.pop(other, None)
    for inside, socket in sockets.items():
        pod["volumes"].append({"name": Path(inside).parent.name, "hostPath": {"path": str(socket), "type": "Socket"}})
        container["volumeMounts"].append({"name": Path(inside).parent.name, "mountPath": inside})
