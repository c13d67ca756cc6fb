"""What goes into an image, and what its Dockerfile promises. That it builds, only `make images` can tell."""

import re
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from tests.deploy.rendering import DEPLOY, PROGRAMS, ROOT

DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
LAST_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").splitlines()


def assembled(program, folder):
    """The folder /app of its image."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(["sh", DEPLOY / "assemble.sh", ROOT, folder], env={"SERVICE": program, "PATH": path}, check=True)
    return folder


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_finds_all_it_imports_in_its_image(program, tmp_path):
    app = assembled(program, tmp_path / "app")
    module = "gateway" if program == "gateway" else f"services.{program}"
    libraries = Path(grpc.__file__).parents[1]
    path = [str(app), str(app / "gen"), str(libraries)]
    reads = f"import sys; sys.path[:0] = {path!r}; import {module}.wiring, {module}.__main__"

    # -I and -S: nothing of this checkout is found by chance, neither beside nor by a .pth file.
    said = subprocess.run([sys.executable, "-I", "-S", "-c", reads], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("program", ["gateway", "cover"])
def test_neither_tests_nor_sandbox_nor_another_service_are_in_an_image(program, tmp_path):
    app = assembled(program, tmp_path / "app")
    names = {path.name for path in app.iterdir()}

    shared = {"LICENSE", "gen", "kernel", "start"}
    own = {"gateway", "frontend"} if program == "gateway" else {"facts", "services", "untrusted", "upstreams"}
    assert names == shared | own
    assert program == "gateway" or {p.name for p in (app / "services").iterdir() if p.is_dir()} == {program, "__pycache__"}
    assert (app / "start").read_text("utf-8").splitlines()[1].startswith("exec python3 -m ")


def test_only_what_an_image_is_made_of_is_sent_to_whoever_builds_it():
    assert IGNORED[1] == "*"
    let_in = {line[1:] for line in IGNORED if line.startswith("!")}

    needed = set(re.findall(r"^    cp -r (.+) \"\$to", (DEPLOY / "assemble.sh").read_text("utf-8"), re.MULTILINE))
    copied = {name.strip('"') for line in needed for name in line.split()}
    assert {name.replace("services/$SERVICE", "services") for name in copied} <= let_in
    assert not {"data", "sandbox", "tests", "config.json", ".git", "deploy"} & let_in


def test_an_image_runs_as_nobody_hears_signals_and_leaves_probing_to_others():
    assert re.search(r"^USER ([1-9]\d+):([1-9]\d+)$", LAST_STAGE, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["/app/start"\]$', LAST_STAGE, re.MULTILINE)
    assert not re.search(r"^HEALTHCHECK", DOCKERFILE, re.MULTILINE)


def test_libraries_are_installed_by_their_hashes_and_nothing_is_compiled():
    assert "--require-hashes --requirement /requirements.lock" in DOCKERFILE
    assert "--only-binary :all:" in DOCKERFILE
    assert not re.search(r"\bRUN\b.*\b(apt|pip|gcc|curl)\b", LAST_STAGE)


def test_no_secret_is_copied_or_set():
    assert not re.search(
        r"^(COPY|ADD|ENV|ARG).*(SECRET|TOKEN|PASSWORD|pip\.conf|\.pem)", DOCKERFILE, re.MULTILINE | re.IGNORECASE
    )
    assert re.findall(r"--mount=type=(\w+)", DOCKERFILE) == ["secret", "secret"]


def test_the_dockerfile_has_no_known_flaw():
    said = subprocess.run(
        [Path(sys.executable).parent / "hadolint", DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (0, "")
