"""What a check found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``advice`` says what to do, wherever something is to be done. An error means that Trunkline will not work so."""

    subject: str
    name: str
    state: State
    detail: str
    advice: str = ""
