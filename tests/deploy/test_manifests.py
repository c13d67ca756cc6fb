"""The rendered manifests, by schema and by our own rules. Whether a cluster makes of them what we mean, no test here can tell."""

import kubernetes_validate
import pytest
import yaml

from tests.deploy.rendering import (
    CUSTOM_KINDS,
    DEPLOY,
    OVERLAYS,
    PROGRAMS,
    SERVICES,
    containers_of,
    mebibytes,
    of_kind,
    pod_of,
    rendered,
    settings_of,
    workloads,
)
from tests.deploy.restricted import breaches

OLDEST, NEWEST = "1.32", "1.37"
DRAIN_SECONDS = 25


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_what_its_kind_allows_to_the_last_field(overlay, version):
    for manifest in rendered(overlay):
        if manifest["kind"] not in CUSTOM_KINDS:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_keeps_to_the_restricted_standard(overlay):
    found = [f"{name}: {breach}" for name, each in workloads(overlay).items() for breach in breaches(pod_of(each))]

    assert found == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_namespace_holds_pods_to_the_restricted_standard(overlay):
    labels = of_kind(overlay, "Namespace")["soniquebay"]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_writes_into_its_image_or_holds_a_token_of_the_cluster(overlay):
    for name, each in workloads(overlay).items():
        assert all(container["securityContext"]["readOnlyRootFilesystem"] for container in containers_of(each)), name
        assert pod_of(each)["automountServiceAccountToken"] is False, name
        assert pod_of(each)["enableServiceLinks"] is False, f"{name}: ARTIST_PORT would be set by Kubernetes"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_asks_for_memory_and_has_an_end_of_it(overlay):
    for name, each in workloads(overlay).items():
        for container in containers_of(each):
            resources = container["resources"]
            assert mebibytes(resources["requests"]["memory"]) <= mebibytes(resources["limits"]["memory"]), name


def test_all_of_it_fits_on_a_pi_of_four_gibibytes_beside_k3s():
    limits = [
        mebibytes(c["resources"]["limits"]["memory"]) for each in workloads("pi").values() for c in pod_of(each)["containers"]
    ]

    assert sum(limits) <= 2048


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_covers_have_room_for_the_child_that_decodes(overlay):
    for name, each in workloads(overlay).items():
        if name.startswith("cover"):
            assert mebibytes(pod_of(each)["containers"][0]["resources"]["limits"]["memory"]) >= 200 + 256


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", SERVICES)
def test_services_are_probed_by_grpc_on_the_port_of_health(overlay, name):
    container = pod_of(workloads(overlay)[name])["containers"][0]
    health = int(settings_of(overlay)[f"{name.upper()}_PORT"]) + 10

    assert [container[f"{kind}Probe"]["grpc"] for kind in ("startup", "readiness", "liveness")] == [{"port": health}] * 3


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_gateway_is_probed_for_its_own_life_alone(overlay):
    container = pod_of(workloads(overlay)["gateway"])["containers"][0]

    assert {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")} == {"/healthz"}


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_there_is_time_to_drain_after_nobody_sends_any_more(overlay, name):
    pod = pod_of(workloads(overlay)[name])
    pause = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])

    assert pod["terminationGracePeriodSeconds"] >= pause + DRAIN_SECONDS


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", SERVICES)
def test_tables_are_brought_up_to_date_before_a_service_starts(overlay, name):
    (first,) = pod_of(workloads(overlay)[name])["initContainers"]

    assert first["args"] == ["migrate"]
    assert first["image"] == pod_of(workloads(overlay)[name])["containers"][0]["image"]


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_has_a_headless_service_and_may_be_disrupted_one_at_a_time(overlay, name):
    labels = workloads(overlay)[name]["spec"]["template"]["metadata"]["labels"]
    service, budget = of_kind(overlay, "Service")[name], of_kind(overlay, "PodDisruptionBudget")[name]

    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"].items() <= labels.items()
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_service_never_names_a_worker(overlay):
    selectors = [each["spec"]["selector"] for name, each in of_kind(overlay, "Service").items() if name in SERVICES]
    workers = [each for name, each in workloads(overlay).items() if name.endswith("-worker")]

    for worker in workers:
        labels = worker["spec"]["template"]["metadata"]["labels"]
        assert not any(selector.items() <= labels.items() for selector in selectors)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_are_referred_to_and_never_written_down(overlay):
    assert of_kind(overlay, "Secret") == {}
    said = yaml.safe_dump_all(rendered(overlay))
    assert "JWT_SECRET" not in said
    assert "API_KEY" not in said


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_gateway_holds_no_key_of_an_upstream_and_services_no_password(overlay):
    def held(name):
        (volume,) = (each for each in pod_of(workloads(overlay)[name])["volumes"] if each["name"] == "secrets")
        return {source["secret"]["name"] for source in volume["projected"]["sources"]}

    assert held("gateway") == {"soniquebay", "soniquebay-gateway"}
    assert all(held(name) == {"soniquebay", "soniquebay-providers"} for name in SERVICES)


def test_on_one_node_no_two_processes_ever_have_one_sqlite_file_open():
    for name in PROGRAMS:
        spec = workloads("pi")[name]["spec"]
        assert (spec["strategy"]["type"], spec.get("replicas", 1)) == ("Recreate", 1)


def test_a_cluster_has_two_of_each_program_and_replaces_none_before_another_is_there():
    for name in PROGRAMS:
        assert workloads("cluster")[name]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert "replicas" not in workloads("cluster")[name]["spec"], "it would be set back with every apply"
        assert of_kind("cluster", "HorizontalPodAutoscaler")[name]["spec"]["minReplicas"] == 2


@pytest.mark.parametrize("name", [*PROGRAMS, *(f"{name}-worker" for name in SERVICES)])
def test_in_a_cluster_nobody_starts_without_the_address_of_what_is_shared(name):
    """It would keep all that it is told in its own pod, and seem to be well."""
    pod = pod_of(workloads("cluster")[name])
    mounted = {each["name"] for each in pod["containers"][0]["volumeMounts"]}
    needed = [each["secret"] for each in pod["volumes"] if each["name"] in mounted and "secret" in each]

    assert {(each["secretName"], item["key"]) for each in needed for item in each["items"]} == {
        ("soniquebay", "DATABASE_URL"),
        ("soniquebay", "REDIS_URL"),
    }
    assert not any(each.get("optional") for each in needed)


def test_in_a_cluster_jobs_are_the_workers():
    for name in SERVICES:
        service, worker = (pod_of(workloads("cluster")[each])["containers"][0] for each in (name, f"{name}-worker"))
        assert {"name": "JOB_THREADS", "value": "0"} in service["env"]
        assert worker["args"] == ["worker"]
        assert "JOB_THREADS" not in {each["name"] for each in worker.get("env", ())}
        assert not {"livenessProbe", "lifecycle"} & worker.keys()
        assert [each["name"] for each in worker["ports"]] == ["metrics"]
        assert of_kind("cluster", "Service")[f"{name}-worker"]["spec"]["ports"][0]["port"] == worker["ports"][0]["containerPort"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_who_reads_music_has_the_folder_and_cannot_write_it(overlay):
    readers = [name for name in workloads(overlay) if name.split("-")[0] in ("album", "cover")]

    assert len(readers) == (2 if overlay == "pi" else 4)
    for name in readers:
        container = pod_of(workloads(overlay)[name])["containers"][0]
        assert {"name": "MUSIC_DIR", "value": "/music"} in container["env"]
        assert {"name": "music", "mountPath": "/music", "readOnly": True} in container["volumeMounts"]


def test_programs_of_one_node_share_a_folder_and_those_who_keep_covers_do_in_a_cluster():
    def claims(overlay):
        for name, each in workloads(overlay).items():
            for volume in pod_of(each).get("volumes", ()):
                if volume["name"] == "data" and "persistentVolumeClaim" in volume:
                    yield name, volume["persistentVolumeClaim"]["claimName"]

    assert dict(claims("pi")) == dict.fromkeys(PROGRAMS, "data")
    assert dict(claims("cluster")) == {"cover": "covers", "cover-worker": "covers"}
    assert of_kind("cluster", "PersistentVolumeClaim")["covers"]["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_kustomization_of_a_program_is_short(name):
    assert len((DEPLOY / "k8s" / name / "kustomization.yaml").read_text("utf-8").splitlines()) <= 25
