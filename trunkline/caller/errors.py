"""What can go wrong with a simulated call."""

from trunkline.errors import TrunklineError


class CallerError(TrunklineError):
    """``code`` is stable, for programs; the message is a sentence for people and says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
