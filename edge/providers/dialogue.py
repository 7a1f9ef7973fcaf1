"""The schema-driven dialogue policy in the language model's seat: no key, no network, no waiting."""

import asyncio
from collections.abc import AsyncIterator

from edge.core.conversation import Conversation, ReplyEvent
from edge.dialogue import decide
from edge.errors import ProviderError
from edge.providers import Provider, ProviderSettings


class Dialogue:
    """Meets ``edge.ports.LanguageModel``; one for all calls, for it keeps nothing."""

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        """The next reply, in pieces, ending with Done.

        Raises:
            ProviderError: ``dialogue_failed``; a defect of ours, so trying again does not help.
        """
        try:
            events = decide(conversation)
        except Exception as error:
            raise ProviderError("dialogue_failed", f"The dialogue policy could not make a reply: {error!r}.") from error
        for event in events:
            yield event
            await asyncio.sleep(0)  # the first piece goes to synthesis before the next is looked at

    async def close(self) -> None:
        """There is nothing to close."""


async def _open(settings: ProviderSettings) -> Dialogue:
    return Dialogue()


PROVIDER = Provider(seat="mind", name="dialogue", open=_open)
