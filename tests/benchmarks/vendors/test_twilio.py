"""The emulation of Twilio's messages, driven by Twilio's own SDK."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from benchmarks.vendors.twilio import Twilio

# The SDK's own use of aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:.*encode_basic_auth:DeprecationWarning")


class Redirected(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Goes to the emulation in place of api.twilio.com."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def request(self, method: str, url: str, *rest: Any, **about: Any) -> Any:
        return await super().request(method, url.replace("https://api.twilio.com", self._url), *rest, **about)


@pytest_asyncio.fixture
async def twilio() -> AsyncIterator[Twilio]:
    twilio = Twilio()
    await twilio.start()
    yield twilio
    await twilio.stop()


@pytest_asyncio.fixture
async def client(twilio: Twilio) -> AsyncIterator[Any]:
    async with Redirected(twilio.url) as http:
        yield Client(twilio.account, twilio.token, http_client=http)


async def test_the_sdk_sends_and_finds_what_it_sent(client: Any, twilio: Twilio) -> None:
    sent = await client.messages.create_async(to="+12025550143", from_="+12025550100", body="Done.")
    assert (sent.status, sent.body, twilio.messages[0]["sid"]) == ("queued", "Done.", sent.sid)
    (found,) = await client.messages.list_async(to="+12025550143")
    assert (found.sid, found.date_created.tzinfo is not None) == (sent.sid, True)
    assert await client.messages.list_async(to="+12025550199") == []


async def test_the_sdk_is_told_why_not(client: Any) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await client.messages.create_async(to="+15005550001", from_="+12025550100", body="Done.")
    assert (refused.value.status, refused.value.code) == (400, 21211)
