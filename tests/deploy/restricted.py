"""What of a pod breaks the Pod Security standard "restricted"? And what of our own on top of it?"""

from collections.abc import Iterator, Mapping
from typing import Any

_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
_HOST = ("hostNetwork", "hostPID", "hostIPC")
_PROFILES = ("RuntimeDefault", "Localhost")


def breaches(pod: Mapping[str, Any]) -> Iterator[str]:
    """One sentence each; `pod` is the spec of a pod."""
    yield from (f"{name} is set" for name in _HOST if pod.get(name))
    for volume in pod.get("volumes", ()):
        yield from (f"volume {volume['name']} is a {kind}" for kind in volume.keys() - _VOLUMES - {"name"})
    whole = pod.get("securityContext", {})
    for container in (*pod.get("initContainers", ()), *pod["containers"], *pod.get("ephemeralContainers", ())):
        yield from (f"{container['name']}: {breach}" for breach in _of_container(container, whole))


def _of_container(container: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[str]:
    own = container.get("securityContext", {})
    both = {**whole, **own}
    capabilities = own.get("capabilities", {})
    if own.get("privileged"):
        yield "is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if capabilities.get("drop") != ["ALL"] or set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "keeps capabilities"
    if both.get("runAsNonRoot") is not True or both.get("runAsUser", 1) == 0:
        yield "may be root"
    if both.get("seccompProfile", {}).get("type") not in _PROFILES:
        yield "has no seccomp profile"
    if own.get("procMount", "Default") != "Default" or both.get("seLinuxOptions") or both.get("windowsOptions"):
        yield "has options of its system"
    yield from (f"port {port['hostPort']} is the node's" for port in container.get("ports", ()) if port.get("hostPort"))
