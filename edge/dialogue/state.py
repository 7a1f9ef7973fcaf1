"""What the dialogue remembers from one reply to the next: it travels in ``Done.state`` and comes back in history."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class State:
    """Plain values only, so that it may be stored as JSON (``to_json``) and taken up by another node."""

    turn: int = 0
    """The caller's turns up to this one are answered."""
    tool: str | None = None
    """The request being made, if one is."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Its arguments so far, in the schema's own form."""
    asked: tuple[str, ...] = ()
    """The slots whose answer is awaited."""
    confirming: bool = False
    """The request was read back and waits for a yes."""
    unheard: tuple[str, ...] = ()
    """The slots that were read back and must be heard for that yes to count."""
    again: bool = False
    """What is confirmed was made before, and the caller was asked whether they want it once more."""
    recalls: str | None = None
    """The tool call that is called off once this request is made in its place."""
    changing: bool = False
    """The caller said no to what was read back and was asked what to change."""
    offering: tuple[str, ...] = ()
    """Names of choices in the order they were last said."""
    tools_offered: tuple[str, ...] = ()
    """Tools between which the caller was asked to choose."""
    question: str | None = None
    """The workflow's question that was repeated last."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Parts of its answer that were already given."""
    answered: tuple[str, ...] = ()
    """Questions whose answer was passed on."""
    sent: str | None = None
    """The tool that was called last, and ``sent_slots`` its arguments: for when it is refused before it was stored."""
    sent_slots: Mapping[str, Any] = field(default_factory=dict)
    closing: bool = False
    """The caller was asked whether there is anything else."""
    leaving: bool = False
    """The caller was told that a request is still under way when they wished to go."""
    misses: int = 0
    """Turns in a row that were not understood."""
    wishes: tuple[str, ...] = ()
    """Further wishes, in the caller's words, that are to be dealt with after the one under way."""
    put_off: str | None = None
    """The tool of a request that danger broke into, and ``put_off_slots`` what was given of it so far."""
    put_off_slots: Mapping[str, Any] = field(default_factory=dict)
    part: str | None = None
    since: str | None = None
    partial: str = ""
    reported: tuple[str, ...] = ()
    """Tool calls whose failure was spoken of."""
    said: str = ""
    """The last reply that is worth repeating."""
    expects: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, value: Any) -> "State | None":
        """The state that a reply carried, as it was or as JSON; None where it is no such state."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            return None
        known = {
            one.name: _like(value[one.name], getattr(_FRESH, one.name)) for one in fields(cls) if one.name in value
        }
        return None if _WRONG in known.values() else cls(**known)


_WRONG = object()


def _like(given: Any, fresh: Any) -> Any:
    """``given`` in the type of the field's first value; _WRONG where it is none."""
    if isinstance(fresh, tuple):
        return tuple(str(one) for one in given) if isinstance(given, list | tuple) else _WRONG
    if fresh is None:
        return given if isinstance(given, str | None) else _WRONG
    return given if isinstance(given, dict if isinstance(fresh, dict) else type(fresh)) else _WRONG


_FRESH = State()
