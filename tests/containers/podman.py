"""How are the images that `make images` built run on this machine? By podman, read-only and as nobody, as elsewhere."""

import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "deploy" / "images"
NATIVE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
"""The architecture of this machine, as images call it."""
REGISTRY = "localhost/tried"
_LOCKED = (
    *("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"),
    *("--tmpfs", "/tmp:size=256m,mode=1777"),  # noqa: S108 - the container's
)
"""No more rights than the manifests leave a program."""
_STOPS = 40
"""Seconds: more than a program takes to drain."""
# Whatever the machine's own says: inside a container there may be no limit to raise, no systemd, and cgroups that crun
# refuses. Names on a network need netavark and aardvark-dns.
_CONFIGURATION = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
runtime = "{runtime}"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
"""


class Podman:
    """`podman` with a configuration of its own. What was run through it is gone after `clean`."""

    def __init__(self, folder: Path) -> None:
        configuration = folder / "containers.conf"
        configuration.write_text(_CONFIGURATION.format(runtime="runc" if shutil.which("runc") else "crun"))
        self.environment = {"PATH": f"{Path(shutil.which('python3') or '').parent}:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.environment |= {"HOME": str(folder), "CONTAINERS_CONF": str(configuration)}
        self._containers: list[str] = []
        self._volumes: list[str] = []
        self._played: list[str] = []

    def __call__(self, *arguments: str | Path, given: str = "") -> str:
        """What it printed; fails with what it complained of."""
        command = ["podman", *map(str, arguments)]
        said = subprocess.run(command, env=self.environment, input=given, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    def load(self, program: str, architecture: str) -> str:
        """The name of the image out of the archive that was built last."""
        name = f"{REGISTRY}/soniquebay/{program}:{architecture}"
        loaded = self("load", "--quiet", "--input", IMAGES / f"soniquebay-{program}-{architecture}.tar")
        self("tag", loaded.rpartition(" ")[2], name)
        return name

    def inside(self, image: str, script: str) -> str:
        """What a shell prints there, locked as a program is."""
        return self("run", "--rm", "--network", "none", *_LOCKED, "--entrypoint", "/bin/sh", image, "-c", script)

    def add_volume(self, name: str) -> str:
        self._volumes.append(name)
        return self("volume", "create", name)

    def start(self, name: str, image: str, settings: Mapping[str, str], *, volume: str) -> None:
        """A program by its image, on this machine's network."""
        told = [argument for each in settings.items() for argument in ("--env", "=".join(each))]
        placed = ("--network", "host", "--volume", f"{volume}:/data")
        self._containers.append(name)
        self("run", "--detach", "--name", name, *_LOCKED, *placed, *told, image)

    def play(self, manifests: str) -> None:
        """`podman play kube` on this machine's network."""
        self._played.append(manifests)
        self("play", "kube", "--network", "host", "-", given=manifests)

    def stop(self, name: str) -> int:
        """By SIGTERM; its exit status."""
        self("stop", "--time", str(_STOPS), name)
        return int(self("inspect", "--format", "{{.State.ExitCode}}", name))

    def tell_last_words(self) -> None:
        """What each container said last, for whom a test fails."""
        for name in self("ps", "--all", "--format", "{{.Names}}").split():
            print(f"--- {name}:", flush=True)  # noqa: T201 - pytest shows it
            subprocess.run(["podman", "logs", "--tail", "20", name], env=self.environment, stderr=subprocess.STDOUT, check=False)

    def clean(self) -> None:
        self.tell_last_words()
        for manifests in self._played:
            self("play", "kube", "--down", "-", given=manifests)
            for each in yaml.safe_load_all(manifests):
                if each["kind"] == "PersistentVolumeClaim":
                    self("volume", "rm", "--force", each["metadata"]["name"])
        for name in self._containers:
            self("rm", "--force", "--time", "0", "--ignore", name)
        for name in self._volumes:
            self("volume", "rm", "--force", name)
