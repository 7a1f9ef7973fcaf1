"""Which names a tool may have."""

import keyword
import re
from collections.abc import Collection

from trunkline.errors import TrunklineError

RESERVED = frozenset(
    "end_call answer_question tool caller conducted workflow activity world base_model field surely any new".split()
)
"""What a language model is offered beside the tools, and what a tool's file imports."""
_FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40


def checked(name: str, taken: Collection[str]) -> str:
    """The name, if a tool may have it.

    Raises:
        TrunklineError: it may not; the message says why, and what would do.
    """
    if not _FORM.fullmatch(name) or not 2 <= len(name) <= LONGEST:
        better = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_0123456789")
        hint = f" {better[:LONGEST]} would do." if _FORM.fullmatch(better[:LONGEST]) and len(better) > 1 else ""
        raise TrunklineError(
            f"{name!r} is no name for a tool: 2 to {LONGEST} small letters, digits and single underscores, "
            f"beginning with a letter, such as call_back.{hint}"
        )
    means = keyword.iskeyword(name) or keyword.issoftkeyword(name) or keyword.iskeyword(camel(name))
    if means or name in RESERVED or name.startswith("test_"):
        raise TrunklineError(f"{name!r} means something else already. Say what the tool does, such as call_back.")
    if name in taken:
        raise TrunklineError(f"There is a tool named {name} already. Give another name, or change that one.")
    return name


def camel(name: str) -> str:
    """``call_back`` as a class is named: CallBack."""
    return "".join(part.capitalize() for part in name.split("_"))


def words(name: str) -> str:
    """``call_back`` as a person says it: call back."""
    return name.replace("_", " ")
