"""Secure keypad capture in one call: while it lasts, nothing but the capture hears the caller's keys or voice.

Keys go from the transport to ``edge.core.capture`` and from there to the payment gateway; TurnTaker, its tape, the
recogniser, the language model, events and logs get none. The caller's sound is silence to the recogniser; a local one
may listen for "cancel", and its words are matched and forgotten.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from edge.core import events as do
from edge.core.audio import MULAW_SILENCE, AudioFrame
from edge.core.capture import Capture, Patience, Prompt, Step, Stop, Submit
from edge.core.cards import Card
from edge.core.states import State
from edge.core.tape import HIDDEN
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped
from edge.core.wishes import wish
from edge.errors import EdgeError, GatewayError
from edge.ports import Ear, Transcript
from edge.services import Services
from schemas.cards import CardCollected, CardNotCollected, CardRequested, NotCollectedReason

_log = structlog.get_logger(__name__)

BEGIN = (State.LISTENING, State.THINKING, State.SPEAKING)
"""States in which a capture may begin: the caller is not in the middle of something."""
BEGIN_ANYWAY = 10.0
"""Seconds after which it begins in any state."""
TAIL = 4.0
"""Seconds without a key after a capture until keys are the conversation's again: a caller who was still keying in a
card when it ended must not have the rest of it taken for words."""
LISTENS_BACK = 6.0
"""Seconds of the caller's newest sound that are searched for a wish."""
MUTED = 0.5
"""Seconds after a capture, and after each key that comes late, for which the recogniser hears silence."""
UNWANTED = "You need not key in a card any more."
PREFIX = "capture-"
"""Of the announcements that a capture makes; no workflow's begin so."""


class SecureCapture:
    """What a call has of it: at most one capture at a time.

    ``take`` hands an event to TurnTaker; ``at`` gives seconds of call audio; ``own`` starts a task that the call owns.
    """

    def __init__(
        self,
        call_id: str,
        services: Services,
        at: Callable[[], float],
        take: Callable[[do.Input], None],
        own: Callable[[Coroutine[Any, Any, None]], Any],
    ) -> None:
        self._call_id = call_id
        self._services = services
        self._at = at
        self._take = take
        self._own = own
        self._known: set[str] = set()
        self._waiting: tuple[CardRequested, float] | None = None
        """Asked for, and since when; the floor is not free yet."""
        self._request: CardRequested | None = None
        self._capture: Capture | None = None
        self._ear: Ear | None = None
        self._prompts = 0
        self._saying = False
        """Whether TurnTaker has a prompt that it has not settled."""
        self._next: str | None = None
        self._deaf_until = 0.0
        self._muted_until = 0.0
        self._submissions = 0
        self.part_number = 1
        """Of this part of the call: another part may have handed the gateway another card for the same request."""
        self._submitting = False
        self._unwanted = False
        """Whether nobody waits any more for the card that is keyed in."""
        self._over = False

    @property
    def on(self) -> bool:
        """Whether a capture is under way: everything else is blind."""
        return self._request is not None

    # -- from the bus -------------------------------------------------------------------------------------------------

    def ask(self, request: CardRequested) -> None:
        """A workflow wants a card; one that comes again changes nothing."""
        if request.card_request_id in self._known:
            return
        self._known.add(request.card_request_id)
        if self._over:
            self._not_collected(request, "call_ended")
        elif self._services.gateway is None:
            _log.warning("A card is asked for, but TRUNKLINE_GATEWAY_URL names no gateway.", call=self._call_id)
            self._not_collected(request, "unsupported")
        elif self._request or self._waiting:
            self._not_collected(request, "busy")
        else:
            self._waiting = (request, self._at())

    def withdraw(self, card_request_id: str) -> None:
        """No card is wanted from here any more: it came elsewhere, or the workflow waits for none. One that is on its
        way to the gateway may still get there."""
        self._known.add(card_request_id)
        if self._waiting and self._waiting[0].card_request_id == card_request_id:
            self._waiting = None
        elif self._request and self._request.card_request_id == card_request_id:
            self._unwanted = True
            if not self._submitting:
                self._let_go()

    # -- from the transport -------------------------------------------------------------------------------------------

    def key(self, digit: str) -> bool:
        """Whether the key is the capture's; the conversation must not see it then."""
        now = self._at()
        if self._capture is None:
            if now >= self._deaf_until:
                return False
            self._deaf_until, self._muted_until = now + TAIL, now + MUTED
            return True
        before = self._capture.stage, self._capture.count
        steps = self._capture.press(digit, now)
        if steps or before != (self._capture.stage, self._capture.count):
            self._next = None  # Whatever waits to be said, or is being said, is out of date.
            self._take(do.Key(HIDDEN))
            self._do(steps)
        return True

    def masked(self, frame: AudioFrame) -> AudioFrame:
        """What the recogniser may hear: silence while keys are captured, whose tones may be in the sound."""
        if not self.on and frame.at >= self._muted_until:
            return frame
        if self._ear and self.on:
            self._ear.feed(frame)
        return AudioFrame(bytes([MULAW_SILENCE]) * len(frame.sound), frame.at)

    def voice(self, event: SpeechStarted | SpeechStopped | SpeechStirred) -> None:
        """The caller's sound began, ended or stirs: once it has ended, the local recogniser looks for a wish in it."""
        if self._ear and self.on and isinstance(event, SpeechStopped):
            self._ear.decode(max(0.0, event.at - LISTENS_BACK), event.at + 0.1)

    # -- from TurnTaker and the ticker --------------------------------------------------------------------------------

    def settled(self, announcement: str) -> bool:
        """Whether the announcement was a prompt of ours; it was heard or cut off, and the next may be said."""
        if not announcement.startswith(PREFIX):
            return False
        self._saying = False
        if self._capture:
            self._capture.said(self._at())
        self._say_next()
        return True

    def tick(self, state: State) -> None:
        """10 ms have passed."""
        now = self._at()
        if self._waiting and (state in BEGIN or now >= self._waiting[1] + BEGIN_ANYWAY):
            request, _ = self._waiting
            self._waiting = None
            self._begin(request)
        capture = self._capture
        if capture and capture.deadline is not None and now >= capture.deadline:
            self._do(capture.expire(now))

    def end(self, *, suspended: bool = False) -> None:
        """The call is over. A card that is on its way to the gateway may still get there.

        ``suspended``: it may go on elsewhere, where the card is asked for anew; what was keyed in is forgotten here.
        """
        self._over = True
        if suspended:
            self._waiting = None
            if self._request and not self._submitting:
                self._close()
        if self._waiting:
            self._not_collected(self._waiting[0], "call_ended")
            self._waiting = None
        if self._request and not self._submitting:
            self._finish("call_ended")
        self._close_ear()

    def part(self) -> None:
        """Let go of the call, which is over and has nothing under way any more."""
        del self._take, self._own

    # -- inside -------------------------------------------------------------------------------------------------------

    def _begin(self, request: CardRequested) -> None:
        services = self._services
        self._request = request
        self._take(do.Secure(True))
        self._capture = Capture(
            request.text,
            code=request.security_code,
            voice=services.local_ears is not None,
            today=datetime.now(ZoneInfo(services.agent.timezone)).date(),
            now=self._at(),
            patience=Patience(total=min(Patience().total, request.expires or Patience().total)),
        )
        if services.local_ears is not None:
            self._own(self._open_ear())
        self._do([self._capture.opening])

    async def _open_ear(self) -> None:
        assert self._services.local_ears is not None
        try:
            ear = await self._services.local_ears.open(self._call_id, self._hear)
        except EdgeError as error:
            _log.warning("Nothing listens for 'cancel' while a card is keyed in.", call=self._call_id, code=error.code)
            return
        if self.on and not self._over:
            self._ear = ear
        else:
            await ear.close()

    def _hear(self, transcript: Transcript) -> None:
        """Words of the caller, which go no further than this."""
        found = wish(transcript.text)
        if found and self._capture:
            self._do(self._capture.wishes(found, self._at()))

    def _do(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Prompt(text):
                    self._next = text
                    self._say_next()
                case Submit(card):
                    self._submitting = True
                    self._submissions += 1
                    self._own(self._submit(card))
                case Stop(reason):
                    self._finish(reason)

    def _say_next(self) -> None:
        """Hand TurnTaker the newest prompt, once it is done with the one before."""
        if self._next is None or self._saying or not self.on:
            return
        self._prompts += 1
        text, self._next, self._saying = self._next, None, True
        # The last attempt: a prompt that a key cuts off is not said again.
        attempts = self._services.manners.announce_attempts
        self._take(do.Announce(f"{PREFIX}{self._prompts}", text, attempt=attempts))

    async def _submit(self, card: Card) -> None:
        request, gateway = self._request, self._services.gateway
        assert request is not None
        assert gateway is not None
        try:
            taken = await gateway.take(card, f"{request.card_request_id}-{self.part_number}-{self._submissions}")
            collected = CardCollected(**self._about(request), token=taken.token, last4=taken.last4, brand=taken.brand)
        except GatewayError as error:
            _log.warning("The payment gateway took no card.", call=self._call_id, code=error.code)
            self._not_taken(refused=error.code == "card_refused")
        except Exception as error:
            # Its words and its frames are kept out of the log: they may hold what was keyed in.
            _log.error("A card could not be handed over.", call=self._call_id, error=type(error).__name__)
            self._not_taken(refused=False)
        else:
            self._close()
            self._services.bus.publish(collected)
            self._services.metrics.captures.labels("collected").inc()
        finally:
            card.wipe()

    def _not_taken(self, *, refused: bool) -> None:
        self._submitting = False
        if self._unwanted:
            self._let_go()
        elif self._over:
            self._finish("call_ended")
        elif refused and self._capture:
            self._do(self._capture.refused(self._at()))
        else:
            self._finish("unavailable")

    def _finish(self, reason: NotCollectedReason) -> None:
        request = self._request
        assert request is not None
        self._close()
        self._not_collected(request, reason)

    def _let_go(self) -> None:
        """Close, and tell the caller, who may be about to press the next key."""
        self._close()
        if not self._over:
            self._prompts += 1
            self._take(do.Announce(f"{PREFIX}{self._prompts}", UNWANTED, urgent=True))

    def _close(self) -> None:
        """Everybody sees and hears again, keys last."""
        if self._capture:
            self._capture.close()
        self._request = self._capture = self._next = None
        self._submitting = self._unwanted = False
        self._deaf_until, self._muted_until = self._at() + TAIL, self._at() + MUTED
        self._close_ear()
        if not self._over:
            self._take(do.Secure(False))

    def _close_ear(self) -> None:
        ear, self._ear = self._ear, None
        if ear:
            self._own(ear.close())

    def _not_collected(self, request: CardRequested, reason: NotCollectedReason) -> None:
        self._services.metrics.captures.labels(reason).inc()
        self._services.bus.publish(CardNotCollected(**self._about(request), reason=reason))

    def _about(self, request: CardRequested) -> dict[str, Any]:
        return {
            "call_id": self._call_id,
            "region": self._services.region,
            "at": self._at(),
            "card_request_id": request.card_request_id,
            "tool_call_id": request.tool_call_id,
        }
