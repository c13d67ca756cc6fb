"""kernel/telemetry.py"""

from structlog.testing import capture_logs

from kernel.telemetry import start_tracing


def test_without_an_endpoint_traces_go_nowhere_quietly():
    with capture_logs() as lines:
        start_tracing("probe", "")()

    assert lines == []


def test_without_the_exporter_installed_the_log_says_which_setting_has_no_effect():
    with capture_logs() as lines:
        start_tracing("probe", "http://collector.test:4318")()

    assert [line["setting"] for line in lines] == ["OTEL_EXPORTER_OTLP_ENDPOINT"]
