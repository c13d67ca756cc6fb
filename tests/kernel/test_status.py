"""kernel/status.py"""

from datetime import timedelta

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc import error_details_pb2

from kernel import errors
from kernel.status import BUG_MESSAGE, DOMAIN, code_of, status_of
from tests.fakes.probe_service import calling, serving

CODES = [
    (errors.InvalidArgument.of("name", "is empty"), "INVALID_ARGUMENT"),
    (errors.NotFound("It is not known."), "NOT_FOUND"),
    (errors.AlreadyExists("It is there."), "ALREADY_EXISTS"),
    (errors.Conflict("It changed."), "ABORTED"),
    (errors.FailedPrecondition("It is off."), "FAILED_PRECONDITION"),
    (errors.Unauthenticated("Who?"), "UNAUTHENTICATED"),
    (errors.PermissionDenied("No."), "PERMISSION_DENIED"),
    (errors.ProviderTimeout("acme", "is late."), "UNAVAILABLE"),
    (errors.ProviderUnavailable("acme", "is gone."), "UNAVAILABLE"),
    (errors.ProviderMalformed("acme", "mumbles."), "UNAVAILABLE"),
    (errors.ProviderRejected("acme", "refuses us."), "UNAVAILABLE"),
    (errors.ProviderThrottled("acme", "is busy."), "UNAVAILABLE"),
    (errors.BreakerOpen("acme", "is left alone."), "UNAVAILABLE"),
    (errors.StoreUnavailable("The store does not answer."), "UNAVAILABLE"),
    (errors.Overloaded("Too much."), "RESOURCE_EXHAUSTED"),
    (errors.DeadlineSpent("Too late."), "DEADLINE_EXCEEDED"),
    (errors.SoniqueBayError("?"), "INTERNAL"),
    (KeyError("api_key=CANARY"), "INTERNAL"),
]


def ids(value):
    return type(value).__name__ if isinstance(value, Exception) else value


@pytest.mark.parametrize(("error", "code"), CODES, ids=ids)
def test_every_error_has_its_code(error, code):
    assert code_of(error).name == code
    assert status_of(error).code == code_of(error).value[0]


def test_the_table_above_misses_no_error():
    ours = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SoniqueBayError)}

    leaves = {kind for kind in ours if not kind.__subclasses__()}

    assert leaves <= {type(error) for error, _ in CODES}


def test_the_reason_is_the_class_name_and_the_provider_is_named():
    status = status_of(errors.ProviderTimeout("acme", "is late."))

    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain, dict(info.metadata)) == ("PROVIDER_TIMEOUT", DOMAIN, {"provider": "acme"})


def test_a_bug_shows_one_fixed_sentence_and_nothing_of_itself():
    status = status_of(RuntimeError("GET https://api/?api_key=CANARY failed"))

    assert status.message == BUG_MESSAGE
    assert b"CANARY" not in status.SerializeToString()
    assert b"RUNTIME" not in status.SerializeToString()


def test_a_lone_surrogate_in_a_message_is_replaced():
    status = status_of(errors.NotFound("no \ud800 here"))

    assert status.message == "no ? here"


LONG = [
    errors.NotFound("没有" * 5000),
    errors.InvalidArgument(*(errors.Violation(f"names[{n}]", "空 is empty " * 40) for n in range(1000))),
    errors.ProviderTimeout("acme" * 5000, "is late.", retry_after=timedelta(days=7)),
]


@pytest.fixture(scope="module")
def fail():
    """A call that ends with the given one of LONG on the server, and the RPC error it brings back."""

    def refuse(request, context):
        raise LONG[int(request.value)]

    def failed(error):
        with pytest.raises(grpc.RpcError) as caught:
            ask(StringValue(value=str(LONG.index(error))), timeout=5)
        return caught.value

    with serving({"Get": refuse}) as server, calling(server) as ask:
        yield failed


@pytest.mark.parametrize("error", LONG, ids=["long words", "many fields", "long name"])
def test_even_the_longest_error_arrives_whole_through_the_trailers(fail, error):
    brought = fail(error)

    assert brought.code() is code_of(error)
    assert "grpc-status-details-bin" in dict(brought.trailing_metadata())


def test_the_time_to_come_back_is_told():
    status = status_of(errors.BreakerOpen("acme", "is left alone", retry_after=timedelta(seconds=90)))

    retry = error_details_pb2.RetryInfo()
    assert status.details[1].Unpack(retry)
    assert retry.retry_delay.ToTimedelta() == timedelta(seconds=90)
