"""Waiting for what is not there yet."""

from structlog.testing import capture_logs

from workers.waiting import until_there


async def test_it_is_tried_until_it_is_there_and_each_failure_is_logged() -> None:
    attempts = iter([OSError("refused"), ValueError("starting up"), "there"])

    async def reach() -> str:
        match next(attempts):
            case Exception() as error:
                raise error
            case found:
                return str(found)

    with capture_logs() as logged:
        assert await until_there("NATS at nats://somewhere", reach) == "there"
    assert [line["error"] for line in logged] == ["OSError: refused", "ValueError: starting up"]
    assert logged[0]["event"] == "NATS at nats://somewhere does not answer; trying again in 0.1 s."
