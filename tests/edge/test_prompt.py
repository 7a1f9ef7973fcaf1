from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from edge import prompt
from edge.core.conversation import Conversation, Question, Tool, ToolAsked
from edge.core.facts import Facts

NOW = datetime(2026, 11, 4, 9, 5, tzinfo=ZoneInfo("America/New_York"))


def talk(*questions: Question, tools: tuple[Tool, ...] = (), caller: str | None = None) -> Conversation:
    return Conversation("call_1", "You are Ada.", "Harbor Home Services", NOW, tools, (), questions, caller)


def test_the_model_knows_who_where_and_when() -> None:
    text = prompt.system(talk(caller="+12125550142"))

    assert text.startswith("You are Ada.\n\nYou answer for Harbor Home Services.")
    assert "Wednesday 4 November 2026, 09:05 (EST)" in prompt.moment(talk())
    assert "+12125550142" in text
    assert "Never say that something is booked" in text
    assert "None" not in prompt.system(talk())


def test_the_model_knows_when_it_is_open_and_what_things_cost() -> None:
    known = replace(talk(), facts=Facts({0: (time(8), time(18))}, {"tap repair": "seventy dollars"}))
    assert "Open: Monday 08:00-18:00.\nPrices: tap repair: seventy dollars." in prompt.system(known)
    assert "Open" not in prompt.system(talk())
    assert "Emergency number: 112; " in prompt.system(replace(talk(), facts=Facts(emergency_number="112")))


def test_questions_bring_their_function_with_the_definitions_on_top() -> None:
    slot = {"type": "object", "properties": {"slot": {"$ref": "#/$defs/Slot"}}, "$defs": {"Slot": {"type": "string"}}}
    name = {"type": "object", "properties": {"name": {"type": "string"}}}
    *_, function = prompt.functions(talk(Question("q_1", "When?", slot), Question("q_2", "Who?", name)))

    assert function.name == "answer_question"
    assert function.parameters["$defs"] == {"Slot": {"type": "string"}}
    assert function.parameters["properties"]["question_id"]["enum"] == ["q_1", "q_2"]
    assert "$defs" not in function.parameters["properties"]["answer"]["anyOf"][0]


def test_what_is_under_way_can_be_called_off_and_the_model_is_told_what_that_is() -> None:
    asked = ToolAsked("book_visit-1", "book_visit", {"day": "Monday"})
    under_way = replace(talk(tools=(Tool("book_visit", "", "", {}),)), cancellable=(asked,))

    assert 'book_visit-1: book_visit {"day": "Monday"}' in prompt.moment(under_way)
    assert "called off" not in prompt.moment(talk())
    assert "cancel_request" not in [function.name for function in prompt.functions(talk())]


def test_a_tool_cannot_take_the_telephones_own_names() -> None:
    functions = prompt.functions(talk(tools=(Tool("end_call", "", "", {}), Tool("book_visit", "", "", {}))))

    assert [function.name for function in functions] == ["book_visit", "end_call", "cancel_request"]
    assert functions[1].description


def test_a_model_with_a_sensitive_tool_is_told_to_keep_quiet_about_it() -> None:
    open_tool, sealed_tool = (Tool("check", "", "", {}, sensitive=sensitive) for sensitive in (False, True))
    assert "sensitive" not in prompt.system(talk(tools=(open_tool,)))
    assert 'Never say what the caller gave for a field marked "sensitive"' in prompt.system(talk(tools=(sealed_tool,)))
