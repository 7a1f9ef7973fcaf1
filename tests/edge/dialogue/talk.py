"""A caller to talk with: plays a conversation turn by turn, and keeps its history as a call does."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from edge.core.conversation import (
    AgentSaid,
    Answer,
    CallerSaid,
    Cancel,
    Cause,
    Conversation,
    Done,
    EndCall,
    Entry,
    Profile,
    Question,
    TextDelta,
    Tool,
    ToolAsked,
    ToolCall,
    ToolOutcome,
)
from edge.core.facts import Facts
from edge.dialogue import State, decide

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("America/New_York"))
"""A Friday."""


class Service(StrEnum):
    boiler = "boiler service"
    drain = "drain cleaning"
    electrical = "electrical check"
    tap = "tap repair"


class BookVisit(BaseModel):
    """Books a visit of a technician at the caller's home: boiler, drain, electrical check or tap repair."""

    service: Service = Field(
        description="What is to be done.",
        json_schema_extra={
            "ask": "What do you need done?",
            "synonyms": {
                "boiler service": ["boiler", "heating", "no heat", "furnace", "hot water"],
                "drain cleaning": ["drain", "blocked sink", "clogged", "blocked pipe"],
                "electrical check": ["electrician", "wiring", "electrics", "outlet", "fuse"],
                "tap repair": ["tap", "faucet", "dripping", "leaking tap"],
            },
        },
    )
    day: dt.date = Field(description="The day of the visit.", json_schema_extra={"ask": "What day would suit you?"})
    time: dt.time = Field(description="When the visit begins.")
    name: str = Field(
        min_length=1,
        max_length=80,
        description="Who it is for.",
        json_schema_extra={"kind": "name", "ask": "And what name is it for?"},
    )


class ReportParcel(BaseModel):
    """Reports a parcel which was lost or has not arrived."""

    code: str = Field(
        pattern=r"^[A-Z]{2}\d{6}$", description="The code on the receipt.", examples=["P L 4 0 7 1 2 3"],
        json_schema_extra={"kind": "code", "spoken": "parcel code"},
    )  # fmt: skip
    phone: str = Field(pattern=r"^\+?\d{7,15}$", json_schema_extra={"kind": "phone", "spoken": "phone number"})


class OrderPizza(BaseModel):
    """Orders pizza for delivery or pick-up."""

    pizza: Literal["margherita", "pepperoni", "four cheese", "vegetarian"]
    size: Literal["small", "medium", "large"] = "medium"
    quantity: int = Field(ge=1, le=10, json_schema_extra={"spoken": "pizzas"})
    delivery: bool = Field(json_schema_extra={"ask": "Should we deliver it?"})


def tool(name: str, title: str, model: type[BaseModel], acknowledgement: str = "One moment please.") -> Tool:
    """A tool as a worker publishes it: its schema has been through JSON."""
    schema = json.loads(json.dumps(model.model_json_schema()))
    return Tool(name, title, model.__doc__ or "", schema, acknowledgement)


BOOK = tool("book_visit", "Book a visit", BookVisit, "Great, I'll book that for you now.")
PARCEL = tool("report_parcel", "Report a lost parcel", ReportParcel, "Thank you, I'm passing that on.")
PIZZA = tool("order_pizza", "Order a pizza", OrderPizza)
MODELS: Mapping[str, type[BaseModel]] = {
    "book_visit": BookVisit,
    "report_parcel": ReportParcel,
    "order_pizza": OrderPizza,
}


@dataclass
class Heard:
    """One reply of the agent."""

    text: str
    pieces: list[str]
    calls: list[ToolCall]
    answers: list[Answer]
    ended: bool
    done: Done
    cancels: list[Cancel]

    @property
    def state(self) -> State:
        state = State.of(self.done.state)
        assert state is not None
        return state


@dataclass
class Caller:
    """Plays the caller's side, and the call's: what is asked of a tool is stored at once."""

    tools: tuple[Tool, ...] = (BOOK,)
    now: dt.datetime = NOW
    caller: str | None = "+14155550100"
    call_id: str = "call_1"
    entries: list[Entry] = field(default_factory=lambda: [AgentSaid("r0", "greeting", "Hello, how can I help?")])
    questions: tuple[Question, ...] = ()
    turn: int = 0
    cancellable: bool = False
    """Whether what is under way can be called off."""
    facts: Facts = field(default_factory=Facts)
    log: list[str] = field(default_factory=list)

    def say(self, text: str, *, heard: int | None = None) -> Heard:
        """The caller says ``text``; of the reply, ``heard`` characters are heard (all, where None)."""
        self.turn += 1
        self.entries.append(CallerSaid(self.turn, text))
        self.log.append(f"caller: {text}")
        return self.answer(heard=heard)

    def answer(self, *, heard: int | None = None) -> Heard:
        reply = self.decide()
        self.log.append(f"agent:  {reply.text}")
        for call in reply.calls:
            MODELS[call.tool].model_validate_json(json.dumps(call.arguments))
            self.entries.append(ToolAsked(f"{call.tool}-{len(self.entries)}", call.tool, call.arguments))
        for answer in reply.answers:
            self.questions = tuple(one for one in self.questions if one.question_id != answer.question_id)
        cut = reply.text if heard is None else reply.text[:heard]
        state = json.loads(json.dumps(reply.state.to_json()))
        self.entries.append(AgentSaid(f"r{len(self.entries)}", "turn", cut, heard is not None, state))
        return reply

    def decide(self) -> Heard:
        """The reply to the conversation as it is; nothing is kept of it."""
        talk = Conversation(
            self.call_id,
            "",
            "Harbor Home Services",
            self.now,
            self.tools,
            tuple(self.entries),
            self.questions,
            self.caller,
            tuple(self.running) if self.cancellable else (),
            self.facts,
        )
        events = decide(talk)
        *rest, done = events
        assert isinstance(done, Done)
        pieces = [event.text for event in rest if isinstance(event, TextDelta)]
        return Heard(
            "".join(pieces),
            pieces,
            [event for event in rest if isinstance(event, ToolCall)],
            [event for event in rest if isinstance(event, Answer)],
            any(isinstance(event, EndCall) for event in rest),
            done,
            [event for event in rest if isinstance(event, Cancel)],
        )

    def hears(self, text: str, cause: Cause = "announcement") -> None:
        """The call says something that is not the model's own."""
        self.entries.append(AgentSaid(f"a{len(self.entries)}", cause, text))
        self.log.append(f"({cause}) {text}")

    @property
    def asked(self) -> list[ToolAsked]:
        """Every request that was stored."""
        return [entry for entry in self.entries if isinstance(entry, ToolAsked)]

    @property
    def running(self) -> list[ToolAsked]:
        """Those without an outcome."""
        done = {entry.tool_call_id for entry in self.entries if isinstance(entry, ToolOutcome)}
        return [asked for asked in self.asked if asked.tool_call_id not in done]

    @property
    def state(self) -> State:
        """What the last reply carried."""
        state = State.of([entry for entry in self.entries if isinstance(entry, AgentSaid) and entry.state][-1].state)
        assert state is not None
        return state

    def outcome(self, status: Literal["completed", "failed", "refused"] = "completed", **content: Any) -> None:
        """The last tool asked for ends."""
        asked = [entry for entry in self.entries if isinstance(entry, ToolAsked)][-1]
        self.entries.append(ToolOutcome(asked.tool_call_id, asked.tool, status, content))

    def asks(self, text: str, answer: Mapping[str, Any], profile: Profile = "open") -> Question:
        """A workflow asks the caller."""
        question = Question(f"q{len(self.entries)}", text, answer, profile)
        self.questions += (question,)
        self.hears(text, "question")
        return question
