"""Who reaches whom, as the policies say, with a small reading of them: labels, ports, and addresses outside."""

import ipaddress

import pytest

from tests.deploy.rendering import OVERLAYS, SERVICES, of_kind, workloads

TRAEFIK = {"app.kubernetes.io/name": "traefik"}
OUTSIDE = "151.101.1.1"


def selects(selector, labels):
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    expressions = selector.get("matchExpressions", ())
    assert all(each["operator"] == "In" for each in expressions)
    return wanted and all(labels.get(each["key"]) in each["values"] for each in expressions)


def labels_of(overlay, name):
    return workloads(overlay)[name]["spec"]["template"]["metadata"]["labels"]


def rules(overlay, labels, way):
    for policy in of_kind(overlay, "NetworkPolicy").values():
        if selects(policy["spec"]["podSelector"], labels) and way.title() in policy["spec"]["policyTypes"]:
            yield from policy["spec"].get(way, ())


def lets(overlay, labels, way, peer, port):
    """Whether a pod of these labels may speak that way with a peer: labels of a pod beside it, or an address outside."""
    for rule in rules(overlay, labels, way):
        if port in {each["port"] for each in rule["ports"]}:
            for side in rule["from" if way == "ingress" else "to"]:
                if isinstance(peer, str) and "ipBlock" in side and _is_in(side["ipBlock"], peer):
                    return True
                if not isinstance(peer, str) and "podSelector" in side and selects(side["podSelector"], peer):
                    return True
    return False


def _is_in(block, address):
    wanted = ipaddress.ip_address(address)
    return wanted in ipaddress.ip_network(block["cidr"]) and not any(
        wanted in ipaddress.ip_network(each) for each in block.get("except", ())
    )


def reaches(overlay, sender, receiver, port):
    one, other = labels_of(overlay, sender), labels_of(overlay, receiver)
    return lets(overlay, one, "egress", other, port) and lets(overlay, other, "ingress", one, port)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_no_policy_names_does_not_pass(overlay):
    spec = of_kind(overlay, "NetworkPolicy")["nobody"]["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", SERVICES)
def test_the_gateway_reaches_every_service_and_none_reaches_the_gateway(overlay, name):
    assert reaches(overlay, "gateway", name, 50051)
    assert not reaches(overlay, name, "gateway", 8000)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_jobs_reach_the_neighbours_they_ask(overlay):
    for sender, receiver in (
        ("album", "artist"),
        ("album", "cover"),
        ("cover", "artist"),
        ("cover", "album"),
        ("tracker", "album"),
    ):
        assert reaches(overlay, sender, receiver, 50051)


def test_workers_reach_neighbours_stores_and_upstreams():
    for name in SERVICES:
        worker = f"{name}-worker"
        assert reaches("cluster", worker, "album", 50051)
        assert reaches("cluster", worker, "postgres", 5432)
        assert reaches("cluster", worker, "redis", 6379)
        assert lets("cluster", labels_of("cluster", worker), "egress", OUTSIDE, 443)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_way_in_leads_to_the_gateway_alone(overlay):
    for name in workloads(overlay):
        ports = (8000, 50051, 5432, 6379)
        led = [port for port in ports if lets(overlay, labels_of(overlay, name), "ingress", TRAEFIK, port)]
        assert led == ([8000] if name == "gateway" else []), name


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize(
    "address", ["10.42.0.7", "10.43.0.1", "192.168.1.1", "172.16.3.4", "169.254.169.254", "127.0.0.1", "100.64.0.1"]
)
def test_no_service_reaches_an_address_of_a_house(overlay, address):
    for name in workloads(overlay):
        assert not lets(overlay, labels_of(overlay, name), "egress", address, 443), name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_services_reach_upstreams_over_https_and_the_gateway_none(overlay):
    for name in SERVICES:
        assert lets(overlay, labels_of(overlay, name), "egress", OUTSIDE, 443)
        assert not lets(overlay, labels_of(overlay, name), "egress", OUTSIDE, 80)
    assert not lets(overlay, labels_of(overlay, "gateway"), "egress", OUTSIDE, 443)


def test_prometheus_reaches_every_program_and_only_their_figures():
    for name in SERVICES:
        assert reaches("cluster", "prometheus", name, 50071)
        assert reaches("cluster", "prometheus", f"{name}-worker", 50081)
        assert not reaches("cluster", "prometheus", name, 50051)
    assert reaches("cluster", "prometheus", "gateway", 8000)
    assert reaches("cluster", "grafana", "prometheus", 9090)
    assert not reaches("cluster", "grafana", "artist", 50071)
