"""Real response bodies of the upstreams, which lie beside the checkout where the project is developed, and nowhere else."""

from pathlib import Path

import pytest

_SAMPLES = Path(__file__).parents[2].parent / "shared" / "upstream-samples"


def recorded(upstream: str = "") -> Path:
    """The folder of one upstream, or of all. Skips the module that asks where there is none: the suite's only skip."""
    folder = _SAMPLES / upstream
    if not folder.is_dir():
        pytest.skip(f"the recorded answers are not beside this checkout: {folder}", allow_module_level=True)
    return folder
