"""A whole service on free loopback ports, in this process: what all services' tests share of that."""

import urllib.request
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from prometheus_client.parser import text_string_to_metric_families

from kernel.auth import TokenVerifier
from kernel.server import Address, start
from kernel.settings import AppSettings


class RunningService:
    """Serves the `parts` that a service's wiring built, from its making until the `with` block ends."""

    def __init__(self, settings: AppSettings, parts: Any, stub: Callable[[grpc.Channel], Any], *, port: int = 0) -> None:
        self.parts = parts
        self.server = start(
            parts.services,
            Address("127.0.0.1", port, "PORT"),
            verifier=TokenVerifier.from_settings(settings),
            registry=parts.registry,
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.server.port}")
        self.stub: Any = stub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._channel.close()
        self.server.stop(grace=5)
        self.parts.close()

    def call(self, rpc: str, request: Message) -> Any:
        return getattr(self.stub, rpc)(request, timeout=20)

    def refusal(self, rpc: str, request: Message) -> "Refusal":
        """How the call is refused; it must be."""
        try:
            answer = self.call(rpc, request)
        except grpc.RpcError as error:
            return Refusal(error)
        raise AssertionError(f"{rpc} was not refused: {answer}")

    def work(self) -> list[str]:
        """Does every job that is due, and those that follow from them; answers their kinds in that order."""
        jobs, done = self.parts.jobs, []
        while due := jobs.store.reserve(10):
            for job_id in due:
                job = jobs.store.get(job_id)
                jobs.run(job_id)
                done += [job.kind] if job else []
        return done

    def samples(self) -> dict[str, float]:
        """What the metrics port shows, by sample name; samples that differ by labels are added up."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.metrics_port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        sums: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
        return sums


class Refusal:
    """A failed call, its details unpacked."""

    def __init__(self, error: grpc.RpcError) -> None:
        status = rpc_status.from_call(error)  # type: ignore[arg-type, unused-ignore]
        assert status is not None, "no status with details"
        self.code: grpc.StatusCode = error.code()
        self.message: str = status.message
        details = list(status.details)
        bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        is_bad, is_retry = any(each.Unpack(bad) for each in details), any(each.Unpack(retry) for each in details)
        self.fields = [violation.field for violation in bad.field_violations] if is_bad else []
        self._retry = retry if is_retry else None

    @property
    def retry_after(self) -> timedelta | None:
        """When to come back, where that is said."""
        return timedelta(microseconds=self._retry.retry_delay.ToMicroseconds()) if self._retry else None
