"""What can go wrong at the edge.

EdgeError
├── ProviderError     a vendor or a local model failed, stalled or refused
├── TransportError    the peer broke the transport's protocol
├── GatewayError      the payment gateway is away, or refused a card
├── NotStored         an event is safe nowhere
└── Refused           a call was not taken
"""


class EdgeError(Exception):
    """``code`` is stable, for programs; the message is a sentence for people; ``retryable``: trying again may help."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable


class ProviderError(EdgeError):
    """A vendor or a local model failed, stalled or refused."""


class TransportError(EdgeError):
    """The peer broke the transport's protocol."""


class GatewayError(EdgeError):
    """The payment gateway is away (retryable), or does not take a card (code ``card_refused``)."""


class NotStored(EdgeError):
    """An event is safe nowhere, so what it asks for will not happen; unless the code is ``unknown``: then it may."""


class Refused(EdgeError):
    """A call was not taken."""
