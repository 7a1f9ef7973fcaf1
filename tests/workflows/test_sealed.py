"""``Sealed[T]``: a ``T`` for the model that is asked for it, a token for everything else."""

import copy
import os
import pickle
from datetime import date
from typing import Annotated

import pytest
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError
from pydantic_core import to_json

from schemas.sealing import Seals, seal_marked
from workers.adapters.seals import KeptSeals
from workflows.errors import ToolError
from workflows.schema import schema_of
from workflows.sealed import Sealed

KEYS = Seals({"k1": os.urandom(32)})
SEALS = KeptSeals(KEYS)


def _no_child(born: date) -> date:
    if born.year > 2000:
        raise ValueError("must be of age")
    return born


class Identity(BaseModel):
    """Who somebody is."""

    pin: Sealed[Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]] = Field(description="The PIN.")
    born: Sealed[Annotated[date, AfterValidator(_no_child)]] | None = Field(default=None, description="Date of birth.")


def identity(**given: str) -> Identity:
    return Identity.model_validate(seal_marked(schema_of(Identity), given, KEYS))


def test_a_model_is_asked_for_what_is_in_it() -> None:
    fields = schema_of(Identity)["properties"]
    assert fields["pin"] == {
        "description": "The PIN.",
        "pattern": "^[0-9]{4}$",
        "sensitive": True,
        "title": "Pin",
        "type": "string",
    }
    assert {"type": "string", "format": "date", "sensitive": True} in fields["born"]["anyOf"]


def test_it_shows_nothing_and_opens_to_its_type() -> None:
    known = identity(pin="4711", born="1970-01-02")
    shown = f"{known} {known!r} {known.model_dump()} {known.model_dump_json()} {known.pin}"
    assert "4711" not in shown
    assert "1970" not in shown
    assert SEALS.open(known.pin) == "4711"
    assert known.born is not None
    assert SEALS.open(known.born) == date(1970, 1, 2)


def test_it_survives_being_stored_and_copied() -> None:
    known = identity(pin="4711")
    again = Identity.model_validate_json(known.model_dump_json())
    assert again == known
    assert SEALS.open(again.pin) == "4711"
    for copied in (copy.deepcopy(known), known.model_copy(), pickle.loads(pickle.dumps(known))):
        assert copied == known
        assert hash(copied.pin) == hash(known.pin)


def test_what_comes_unsealed_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        Identity.model_validate({"pin": "4711"})
    (fault,) = refused.value.errors(include_input=False)
    assert fault["msg"] == "it must come sealed"


def test_what_only_python_can_check_is_checked_where_it_is_opened() -> None:
    known = identity(pin="4711", born="2020-03-04")
    assert known.born is not None
    with pytest.raises(ToolError, match="must be of age") as refused:
        SEALS.open(known.born)
    assert refused.value.type == "invalid_arguments"
    assert "2020" not in str(refused.value)


def test_what_an_activity_seals_opens_again() -> None:
    sealed = SEALS.seal(date(2026, 11, 26))
    assert to_json(sealed) == f'"{sealed.token}"'.encode()
    assert SEALS.open(sealed) == date(2026, 11, 26)
    assert "2026" not in sealed.token
