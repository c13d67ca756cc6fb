"""`scripts/build_images.sh` over an engine that only notes what it was asked: what is built with what, and when it fails."""

import shutil
import subprocess

import pytest

from tests.deploy.rendering import ROOT

TOOLS = ("bash", "cat", "cut", "dirname", "mkdir", "mktemp", "rm", "stat", "tr", "truncate")
NOTES = '#!/bin/bash\necho "${0##*/} $*" >> "$CALLS"\n'
WRITES = 'for each in "$@"; do case "$each" in *{mark}*) to=${{each#*{mark}}}; truncate -s "$BYTES" "${{to%%:*}}" ;; esac; done\n'


class Machine:
    """A checkout in a folder, and a PATH that holds what the script needs and nothing else."""

    def __init__(self, folder):
        self._folder, self._bin = folder, folder / "bin"
        for name in ("bin", "scripts", "services/cover", "services/artist"):
            (folder / name).mkdir(parents=True)
        for name in ("cover", "artist"):
            (folder / "services" / name / "__main__.py").touch()
        shutil.copy(ROOT / "scripts" / "build_images.sh", folder / "scripts")
        for tool in TOOLS:
            (self._bin / tool).symlink_to(shutil.which(tool))
        self.put("dpkg", 'echo "amd64"\n')

    def put(self, name, does=""):
        (self._bin / name).write_text(NOTES + does)
        (self._bin / name).chmod(0o755)

    def build(self, *, bytes_each=1000, **settings):
        environment = {"PATH": str(self._bin), "CALLS": str(self._folder / "calls"), "BYTES": str(bytes_each), "TAG": "7"}
        script = self._folder / "scripts" / "build_images.sh"
        return subprocess.run(["bash", script], env=environment | settings, capture_output=True, text=True, check=False)

    def calls(self, of):
        lines = (self._folder / "calls").read_text("utf-8").splitlines()
        return [line for line in lines if line.startswith(of)]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "house")


@pytest.fixture
def engine(machine):
    machine.put("docker", WRITES.format(mark="dest="))
    return machine


@pytest.fixture
def buildah(machine):
    machine.put("buildah", WRITES.format(mark="oci-archive:"))
    return machine


def test_with_an_engine_every_program_is_built_for_both_platforms(engine):
    said = engine.build()

    assert said.returncode == 0, said.stderr
    built = [line.split() for line in engine.calls("docker buildx build")]
    assert sorted((each[each.index("--platform") + 1], each[each.index("--tag") + 1]) for each in built) == sorted(
        (platform, f"localhost/soniquebay/{program}:7")
        for platform in ("linux/amd64", "linux/arm64")
        for program in ("artist", "cover", "gateway")
    )


def test_without_an_engine_buildah_builds_on_a_base_of_debian(buildah):
    said = buildah.build(PLATFORMS="linux/amd64", PROGRAMS="cover")

    assert said.returncode == 0, said.stderr
    (built,) = buildah.calls("buildah bud")
    assert "--arch amd64" in built
    assert "--build-arg BASE=localhost/soniquebay-base:bookworm-amd64 --build-arg SERVICE=cover" in built
    assert buildah.calls("buildah push")[0].endswith(
        "oci-archive:deploy/images/soniquebay-cover-amd64.tar:localhost/soniquebay/cover:7"
    )


def test_a_base_of_ones_own_is_taken_instead(buildah):
    buildah.build(PLATFORMS="linux/amd64", PROGRAMS="cover", BASE="mine:1")

    assert "--build-arg BASE=mine:1" in buildah.calls("buildah bud")[0]
    assert buildah.calls("buildah inspect") == []


def test_an_image_that_is_too_large_fails_after_all_were_built(engine):
    said = engine.build(bytes_each=130_000_001, PLATFORMS="linux/arm64")

    assert said.returncode == 1
    assert len(engine.calls("docker buildx build")) == 3
    assert "deploy/images/soniquebay-gateway-arm64.tar is too large." in said.stderr


def test_where_nothing_can_build_it_is_said_what_to_install(machine):
    said = machine.build()

    assert said.returncode == 1
    assert "apt install buildah debootstrap qemu-user-static" in said.stderr
