"""The inbox, as a person at a terminal meets it."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, Field

from schemas.decisions import Waiting
from trunkline.errors import TrunklineError
from trunkline.inbox import built, in_words, one_of
from workers.inbox import Item

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Offer(BaseModel):
    """A unit's answer."""

    accepted: bool = Field(description="Whether you take the job.")
    minutes: int | None = Field(default=None, description="In how many minutes you are there.")


def item(item_id: str = "evt_1", seconds: float = 45.0) -> Item:
    return Item(
        "send_help-1",
        Waiting(
            id=item_id,
            kind="approval",
            call_id="call_1",
            tool_call_id="send_help-1",
            tool="send_help",
            text="Nina: burst pipe. Do you take it?",
            answer=Offer.model_json_schema(),
            details={"address": "12 Harbor Street"},
            since=NOW,
            until=NOW + timedelta(seconds=seconds),
            otherwise="It is taken as: accepted no, minutes none.",
        ),
    )


def test_a_person_reads_what_is_asked_how_to_answer_and_what_holds_otherwise() -> None:
    assert in_words(item(), NOW).splitlines() == [
        "Nina: burst pipe. Do you take it?",
        "  address: 12 Harbor Street",
        "  to do:   decide, within 0 min 45 s",
        "  or else: It is taken as: accepted no, minutes none.",
        "  answer:  accepted (yes | no): Whether you take the job.",
        "           minutes (integer): In how many minutes you are there.",
        "  for:     send_help of call call_1",
        "  id:      evt_1",
    ]


def test_hours_and_days_are_said_as_such() -> None:
    assert "within 7 h 59 min\n" in in_words(item(seconds=8 * 3600 - 18), NOW)
    assert "within 6 d 23 h\n" in in_words(item(seconds=7 * 86400 - 18), NOW)


def test_a_part_of_an_id_will_do_where_only_one_has_it() -> None:
    items = [item("evt_1"), item("evt_12"), item("evt_3")]
    assert one_of(items, "evt_1").waiting.id == "evt_1"
    assert one_of(items, "3").waiting.id == "evt_3"
    with pytest.raises(TrunklineError, match="part of several ids: evt_1, evt_12, evt_3"):
        one_of(items, "evt")


def test_fields_of_an_answer_have_their_schemas_types() -> None:
    schema = Offer.model_json_schema()
    assert built(schema, None, ["accepted=yes", "minutes=9"]) == {"accepted": True, "minutes": 9}
    with pytest.raises(TrunklineError, match="a name of accepted, minutes"):
        built(schema, None, ["who=me"])


class Both(BaseModel):
    """Two that are yes or no."""

    agreed: bool
    paid: bool


class Neither(BaseModel):
    """None that is."""

    who: str


def test_yes_and_no_are_the_one_field_that_takes_them_whatever_its_name_and_the_rest_is_set() -> None:
    schema = Offer.model_json_schema()
    assert built(schema, True, ["minutes=25"]) == {"accepted": True, "minutes": 25}
    assert built(schema, False, []) == {"accepted": False}
    assert built(schema, True, ["accepted=yes"]) == {"accepted": True}


@pytest.mark.parametrize(
    ("model", "yes", "fields", "said"),
    [
        (Offer, True, ["accepted=no"], "--set accepted=no says otherwise than another option"),
        (Offer, None, ["minutes=9", "minutes=8"], "--set minutes=8 says otherwise than another option"),
        (Both, True, [], "could mean agreed or paid; say which, like --set agreed=yes"),
        (Neither, False, [], "no yes or no; give --set NAME=VALUE for who"),
        (Offer, None, [], "Give --yes or --no, or --set NAME=VALUE for accepted, minutes"),
    ],
)
def test_what_cannot_be_meant_is_said(model: type[BaseModel], yes: bool | None, fields: list[str], said: str) -> None:
    with pytest.raises(TrunklineError, match=said):
        built(model.model_json_schema(), yes, fields)
