"""The policy itself: what it finds in a pod that breaks it at one place, and that it finds nothing in one that does not."""

from copy import deepcopy
from typing import Any

import pytest

from tests.deploy.restricted import breaches

LOCKED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    "initContainers": [{"name": "first", "securityContext": LOCKED}],
    "containers": [{"name": "one", "securityContext": LOCKED, "ports": [{"containerPort": 8000}]}],
    "volumes": [{"name": "data", "emptyDir": {}}],
}


def test_a_pod_that_keeps_to_it_breaks_nothing():
    assert list(breaches(POD)) == []


@pytest.mark.parametrize(
    ("path", "value", "breach"),
    [
        (("hostNetwork",), True, "hostNetwork is set"),
        (("volumes", 0, "hostPath"), {"path": "/"}, "volume data is a hostPath"),
        (("securityContext", "runAsNonRoot"), False, "first: may be root"),
        (("securityContext", "runAsUser"), 0, "first: may be root"),
        (("securityContext", "seccompProfile"), {"type": "Unconfined"}, "first: has no seccomp profile"),
        (("containers", 0, "securityContext", "privileged"), True, "one: is privileged"),
        (("containers", 0, "securityContext", "allowPrivilegeEscalation"), True, "one: may gain privileges"),
        (("containers", 0, "securityContext", "capabilities"), {}, "one: keeps capabilities"),
        (("containers", 0, "securityContext", "capabilities", "add"), ["SYS_ADMIN"], "one: keeps capabilities"),
        (("containers", 0, "securityContext", "runAsUser"), 0, "one: may be root"),
        (("containers", 0, "securityContext", "procMount"), "Unmasked", "one: has options of its system"),
        (("containers", 0, "ports", 0, "hostPort"), 80, "one: port 80 is the node's"),
    ],
)
def test_each_breach_is_found(path, value, breach):
    pod = deepcopy(POD)
    at: Any = pod
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value

    assert breach in list(breaches(pod))
