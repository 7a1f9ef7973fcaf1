"""The agent: what a business writes about the one who answers its phone. One YAML file."""

from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from edge.core.facts import Facts, days_of, hours_of
from edge.errors import EdgeError
from edge.quick.declared import QuickTool, missing


class Endpointing(BaseModel):
    """How long the agent waits before it answers, in seconds of silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    finished: float = Field(default=0.18, ge=0.1, le=3, description="After words that sound finished.")
    unfinished: float = Field(default=0.90, ge=0.2, le=5, description="After words that clearly go on.")


class Agent(BaseModel):
    """Who answers the phone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="The agent's own name.")
    business: str = Field(min_length=1, description="The business it answers for.")
    greeting: str = Field(min_length=1, max_length=500, description="The first words of every call.")
    instructions: str = Field(default="", max_length=20_000, description="How it should behave, for the model.")
    tenant: str = Field(
        default="", max_length=64, description="Whose calls they are, where several businesses share the workers."
    )
    tools: list[str] = Field(default_factory=list, description="Durable tools it may use; empty means every tool.")
    quick_tools: list[QuickTool] = Field(
        default_factory=list, max_length=50, description="Web services that it may ask in the middle of a sentence."
    )
    timezone: str = Field(default="UTC", description="IANA name; days and times are local to it.")
    hours: dict[str, str] = Field(
        default_factory=dict,
        description='When it is open, by day or days of the week: "monday-saturday: 08:00-18:00"; others are closed.',
    )
    prices: dict[str, str] = Field(
        default_factory=dict,
        max_length=50,
        description='What things cost, as it is to be said: "boiler service: a hundred and twenty dollars".',
    )
    emergency_number: str = Field(
        default="911",
        pattern=r"^[0-9 ]{2,15}$",
        description="Whom callers are told to call where there is fire, or somebody is hurt: 911, 112, 999.",
    )
    endpointing: Endpointing = Field(default_factory=Endpointing)
    still_there_after: float = Field(default=8.0, ge=2, description="Seconds of silence before it asks.")
    goodbye_after: float = Field(default=12.0, ge=2, description="Further seconds of silence before it hangs up.")
    fillers: list[str] = Field(
        default_factory=lambda: ["Let me see.", "One moment.", "Hm, let me check."],
        description="Spoken when a reply is late.",
    )
    still_there: str = Field(default="Are you still there?")
    goodbye: str = Field(default="I can't hear you any more, so I'll hang up now. Goodbye.")
    noted: str = Field(
        default="I've noted that down. I'll tell you as soon as it is done.",
        description="Said when a tool's request is stored but the model could not say so itself.",
    )
    cut_off: str = Field(
        default="Sorry, we got cut off for a second.", description="Said when a line that broke is there again."
    )
    still_working: list[str] = Field(
        default_factory=lambda: ["I'm still working on that.", "It's taking a little longer than usual. Bear with me."],
        description="Said in turn while a tool is slow.",
    )
    anything_else: str = Field(
        default="Is there anything else I can help you with?",
        description="Said after the outcome of the last open tool; empty says nothing.",
    )

    @field_validator("quick_tools")
    @classmethod
    def _told_apart(cls, value: list[QuickTool]) -> list[QuickTool]:
        names = [tool.name for tool in value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each needs a name of its own; {', '.join(twice)} is there twice")
        return value

    @field_validator("hours")
    @classmethod
    def _of_days(cls, value: dict[str, str]) -> dict[str, str]:
        days = [day for named, hours in value.items() if hours_of(hours) for day in days_of(named)]
        if len(days) > len(set(days)):
            raise ValueError("the same day is there twice")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/London.") from error
        return value

    @cached_property
    def facts(self) -> Facts:
        """What callers may ask about."""
        hours = {day: hours_of(hours) for named, hours in self.hours.items() for day in days_of(named)}
        return Facts(hours, self.prices, self.emergency_number)


DEFAULT = Path(__file__).parent / "agents" / "harbor_home_services.yaml"
"""The demo business."""


def load(path: Path | None = None) -> Agent:
    """The agent in this file, or the demo business's.

    Raises:
        EdgeError: the file is missing or not an agent, or a variable that it names is not set; the message says which.
    """
    source = path or DEFAULT
    try:
        content = yaml.safe_load(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise EdgeError(
            "agent_missing", f"The agent's file {source} cannot be read ({error.strerror}); check --agent."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EdgeError("agent_malformed", f"The agent's file {source} is not YAML: {error}") from error
    try:
        agent = Agent.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise EdgeError(
            "agent_malformed", f"The agent's file {source} does not describe an agent: {faults}."
        ) from error
    if unset := missing(agent.quick_tools):
        raise EdgeError(
            "secret_missing",
            f"The agent's file {source} takes {', '.join(unset)} from the environment, which must be set, to one line.",
        )
    return agent
