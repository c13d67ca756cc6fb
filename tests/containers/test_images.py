"""What is in the images that `make images` built, and what is not: `make test-images`."""

import pytest

from tests.containers.podman import IMAGES
from tests.deploy.rendering import PROGRAMS

MOST_BYTES = 130 * 10**6
LEFTOVERS = "pip.conf pip3 pip.exe gcc cc g++ clang make ld as curl wget ca.pem id_rsa .netrc .env config.json".split()
WRITES = "for each in / /app /opt /etc /var /data /tmp; do touch $each/written 2>/dev/null && echo $each; done; true"


@pytest.fixture(params=["amd64", "arm64"])
def architecture(request):
    return request.param


@pytest.fixture(params=PROGRAMS)
def image(request, podman, architecture):
    return podman.load(request.param, architecture)


def test_each_image_is_small_enough(architecture):
    sizes = {program: (IMAGES / f"soniquebay-{program}-{architecture}.tar").stat().st_size for program in PROGRAMS}

    assert {program: size for program, size in sizes.items() if size > MOST_BYTES} == {}


def test_no_compiler_pip_configuration_or_secret_is_in_it(podman, image):
    named = " -o ".join(f"-name '{name}'" for name in LEFTOVERS)
    found = podman.inside(image, f"find / -xdev ! -type d \\( {named} \\) 2>/dev/null; ls -A /run/secrets 2>/dev/null; true")
    told = podman("image", "inspect", "--format", "{{.Config.Env}} {{.Config.Labels}} {{.History}}", image)

    assert found == ""
    assert not any(word in told for word in ("cert =", "SECRET=", "TOKEN=", "PASSWORD=", "index-url"))


def test_it_runs_as_nobody_and_writes_to_its_two_folders_alone(podman, image):
    assert podman.inside(image, "id -u; id -g").split() == ["65532", "65532"]
    assert podman.inside(image, WRITES).split() == ["/data", "/tmp"]  # noqa: S108 - the container's
