"""A service that has every feature an HTTP rule can have, on a real gRPC server on loopback; compiled when the tests start."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import google.api
import grpc
import grpc_tools  # type: ignore[import-untyped]
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_tools import protoc

from gateway import contracts
from kernel import errors
from kernel.status import DETAILS_KEY, code_of, status_of

PROTOS = Path(__file__).parent / "protos"
REAL_PROTOS = Path(__file__).parents[2] / "protos"
PICTURE = bytes(range(256)) * 40
PIECE = 1000


def compile_contract(target: Path) -> Path:
    """Writes the descriptor set as `make proto` writes the real one."""
    packages = [Path(google.api.__path__[0]).parents[1], Path(grpc_tools.__path__[0]) / "_proto"]
    includes = [f"-I{folder}" for folder in (PROTOS, REAL_PROTOS, *packages)]
    options = [f"--descriptor_set_out={target}", "--include_imports", "--include_source_info"]
    assert protoc.main(["protoc", *includes, *options, "trial/v1/trial.proto", "soniquebay/artist/v1/artist.proto"]) == 0
    return target


class TrialServer:
    """Serves the trial contract, and empty answers for the real one beside it.

    `seen` holds every request message, `metadata` that of the latest call, `left` the seconds it still has.
    What is patient, or asked of the id `patient`, waits until it may answer; `leaving` is refused the first time.
    """

    def __init__(self, contract_path: Path) -> None:
        self.contract = contracts.load(contract_path)
        self.reset()
        self._server = grpc.server(ThreadPoolExecutor(16), options=[("grpc.max_receive_message_length", 21 * 2**20)])
        self._health = health.HealthServicer()
        for service in self.contract.services:
            handlers = {method.name: self._handler(method) for method in service.methods}
            self._server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service.full_name, handlers)])
            self._health.set(service.full_name, health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def reset(self) -> None:
        """As if nothing had been asked yet. `waiting` is released once for every call that begins to wait."""
        self.seen: list[Any] = []
        self.metadata: dict[str, str] = {}
        self.left: Callable[[], float] = float
        self.may_answer = threading.Event()
        self.cancelled = threading.Event()
        self.waiting = threading.Semaphore(0)
        self._uploading = threading.Lock()  # guards the two below
        self._uploads = self.most_uploads = 0

    def message(self, kind: str, /, **fields: Any) -> Any:
        return GetMessageClass(self.contract.pool.FindMessageTypeByName(f"trial.v1.{kind}"))(**fields)

    def stop(self) -> None:
        self.may_answer.set()
        self._server.stop(None).wait()

    def _handler(self, method: MethodDescriptor) -> Any:
        answer: Callable[..., Any] = getattr(self, re.sub("([A-Z])", r"_\1", method.name).lower(), self._echo)
        request, reply = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        factory = grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler

        def run(message: Any, context: grpc.ServicerContext) -> Any:
            self.seen.append(message)
            self.metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
            self.left = context.time_remaining
            self._be_as_told(message, context)
            said = answer(message, context, reply)
            return iter([said]) if method.server_streaming and isinstance(said, reply) else said

        return factory(run, request.FromString, reply.SerializeToString)

    def _be_as_told(self, message: Any, context: grpc.ServicerContext) -> None:
        if getattr(message, "is_patient", False) or getattr(message, "id", "") == "patient":
            self.waiting.release()
            self.may_answer.wait(20)
        if getattr(message, "id", "") == "leaving" and len(self.seen) == 1:
            context.abort(grpc.StatusCode.CANCELLED, "")  # as the library does for a server that stops

    def _echo(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Any:
        fields = message.DESCRIPTOR.fields_by_name
        if "id" in fields and message.id == "missing":
            fail(context, errors.NotFound("There is no such record."))
        if "id" in fields and message.id == "late":
            fail(context, errors.DeadlineSpent("The time is used up."))
        if "id" in fields and message.id == "made":
            context.send_initial_metadata((("http-status", "202"), ("http-location", "/made"), ("http-x-colour", "blue")))
        answer = reply()
        if "record" in fields and message.HasField("record"):
            answer.CopyFrom(message.record)
        if "id" in fields and "id" in reply.DESCRIPTOR.fields_by_name and message.id:
            answer.id = message.id
        if "name" in fields and "id" in reply.DESCRIPTOR.fields_by_name and message.name:
            answer.words.append(message.name)
        return answer

    def _list_records(self, message: Any, _context: Any, reply: Any) -> Any:
        return reply(records=[{"id": str(number)} for number in range(min(max(message.page_size, 0), 100) or 2)])

    def _list_counts(self, _message: Any, _context: Any, reply: Any) -> Any:
        return reply(counts={"b": 2**53 + 1, "a": 1})

    def _drop_records(self, message: Any, _context: Any, reply: Any) -> Any:
        return reply(dropped_count=len(message.ids))

    def _get_failure(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Any:
        if message.kind.startswith("raw-"):
            code = message.kind.removeprefix("raw-").upper()
            context.abort(getattr(grpc.StatusCode, code, grpc.StatusCode.NOT_FOUND), "secret of host 10.0.0.1")
        if message.kind == "bug":
            raise RuntimeError("secret of host 10.0.0.1")
        fail(context, ERRORS.get(message.kind, errors.NotFound("There is no such failure.")))
        return reply()

    def _get_patience(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Any:
        context.add_callback(self.cancelled.set)
        self.waiting.release()
        self.may_answer.wait(20)
        return reply(id=message.token)

    def _watch_counts(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Iterator[Any]:
        context.add_callback(self.cancelled.set)
        if message.failure and not message.most:
            fail(context, ERRORS.get(message.failure, ERRORS["not-found"]))
        start = int(message.last_event_id) if message.last_event_id.isdecimal() else 0
        yield reply(event_id=str(start), snapshot="all")
        for number in range(start + 1, start + 1 + min(message.most, 10)):
            yield reply(event_id=str(number), count=number)
        if message.failure:
            fail(context, ERRORS.get(message.failure, ERRORS["not-found"]))
        if message.hang:
            self.waiting.release()
            self.may_answer.wait(20)

    def _get_picture(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Any:
        if message.id == "missing":
            fail(context, errors.NotFound("There is no such picture."))
        kept = (("http-cache-control", "public, max-age=60"), ("http-vary", "accept"))
        mine = (("http-cache-control", "max-age=60"), ("http-set-cookie", "a=b"))
        context.send_initial_metadata(kept if message.id == "kept" else mine)
        return reply(content_type="image/png", data=PICTURE)

    def _stream_picture(self, message: Any, context: grpc.ServicerContext, reply: Any) -> Iterator[Any]:
        if message.id == "missing":
            fail(context, errors.NotFound("There is no such picture."))
        context.send_initial_metadata((("http-etag", '"v1"'), ("http-content-length", str(len(PICTURE)))))
        for start in range(0, len(PICTURE), PIECE):
            if message.id == "torn" and start:
                fail(context, errors.StoreUnavailable("The store is away."))
            yield reply(content_type="image/jpeg", data=PICTURE[start : start + PIECE])

    def _upload_picture(self, message: Any, _context: Any, reply: Any) -> Any:
        with self._uploading:
            self._uploads += 1
            self.most_uploads = max(self.most_uploads, self._uploads)
        said = reply(size=len(message.picture.data), content_type=message.picture.content_type)
        with self._uploading:
            self._uploads -= 1
        return said


def fail(context: grpc.ServicerContext, error: Exception) -> None:
    """As the kernel's interceptor does."""
    status = status_of(error)
    context.set_trailing_metadata(((DETAILS_KEY, status.SerializeToString()),))
    context.abort(code_of(error), status.message)


def _errors() -> dict[str, errors.SoniqueBayError]:
    wait = timedelta(seconds=7.2)
    return {
        "invalid": errors.InvalidArgument.of("name", "is too long"),
        "not-found": errors.NotFound("There is no such record."),
        "exists": errors.AlreadyExists("It is there already."),
        "conflict": errors.Conflict("It changed."),
        "precondition": errors.FailedPrecondition("The tracker is off."),
        "unauthenticated": errors.Unauthenticated("A token is needed."),
        "denied": errors.PermissionDenied("Not allowed."),
        "provider": errors.ProviderUnavailable("somewhere", "does not answer."),
        "throttled": errors.ProviderThrottled("somewhere", "asks us to wait.", retry_after=wait),
        "store": errors.StoreUnavailable("The store is away."),
        "overloaded": errors.Overloaded("Too much at once.", retry_after=wait),
        "deadline": errors.DeadlineSpent("The time is used up."),
    }


ERRORS = _errors()
