"""What a simulated caller is to say: lines in order, and answers to what the agent asks. Read from YAML."""

import re
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from trunkline.caller.errors import CallerError

Seconds = Annotated[float, Field(ge=0, le=120, allow_inf_nan=False)]


class Step(BaseModel):
    """One thing the caller does: after ``wait``, speaks or plays, then presses keys, then may hang up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str | None = Field(default=None, min_length=1, max_length=1000, description="Spoken by the built-in voice.")
    play: Path | None = Field(default=None, description="A WAV file, relative to the script.")
    text: str | None = Field(default=None, description="The words in ``play``; recognised from it where not given.")
    keys: Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]{1,64}$")] | None = Field(
        default=None, description="Keypad digits."
    )
    secret: bool = Field(default=False, description="Whether its keys are reported as dots.")
    wait: Seconds = Field(default=0.0, description="Seconds before it begins.")
    interrupt: Seconds | None = Field(
        default=None, description="Begin after so many seconds of the agent's speech, while it still speaks."
    )
    hang_up: bool = Field(default=False, description="Hang up at once when this step is done.")

    @model_validator(mode="after")
    def _does_something(self) -> "Step":
        if self.say and self.play:
            raise ValueError("either `say` or `play`, not both")
        if not (self.say or self.play or self.keys or self.hang_up):
            raise ValueError("a step must `say`, `play`, press `keys` or `hang_up`")
        return self


class Answer(Step):
    """A step taken when the agent's words match ``when``; at most ``times`` times."""

    when: str = Field(min_length=1, description="Regular expression, case-insensitive, searched in what was heard.")
    times: int = Field(default=1, ge=1, le=100)

    @field_validator("when")
    @classmethod
    def _compiles(cls, when: str) -> str:
        try:
            re.compile(when)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return when

    def matches(self, words: str) -> bool:
        """Whether this answers what the agent said."""
        return re.search(self.when, words, re.IGNORECASE) is not None


class Script(BaseModel):
    """Answers go before lines; of several answers that match, the first in the script is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: tuple[Step, ...] = ()
    answers: tuple[Answer, ...] = ()

    @field_validator("lines", mode="before")
    @classmethod
    def _plain_lines(cls, lines: Any) -> Any:
        """A line that is plain text is said."""
        if not isinstance(lines, list | tuple):
            return lines
        return [{"say": line} if isinstance(line, str) else line for line in lines]


_MESSAGES = {
    "extra_forbidden": "there is no such field. A script has lines and answers; a line or an answer has "
    f"{', '.join(Step.model_fields)}; and an answer has when and times, too",
    "string_pattern_mismatch": "keys are 1 to 64 of 0-9, *, # and A-D",
    "tuple_type": "this is to be a list, with a dash before each of its entries",
    "model_type": "this is to be text that is said, or fields like `say: Yes, please.`",
}
"""What is wrong with a script, by pydantic's name for it, where that needs other words."""


def load(path: Path) -> Script:
    """The script in a YAML file; the paths of its WAV files are made absolute.

    Raises:
        CallerError: ``script_invalid``, with the file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CallerError("script_invalid", f"The script {path} cannot be read: {why}. Check --script.") from error
    return parse(text, name=str(path), folder=path.resolve().parent)


def parse(text: str, *, name: str = "script", folder: Path | None = None) -> Script:
    """The script in YAML text. Raises CallerError like ``load``."""
    try:
        # All scalars stay text, and pydantic makes numbers of them: `say: yes` and `keys: 012` mean what they say.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        raw = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        problem = getattr(error, "problem", None) or str(error)
        raise CallerError("script_invalid", f"{where}: this is not YAML: {problem}.") from error
    except RecursionError as error:
        raise CallerError("script_invalid", f"{name}: this is nested too deeply.") from error
    if not isinstance(raw, dict):
        raise CallerError("script_invalid", f"{name}:1: a script is a mapping with `lines` and `answers`.")
    try:
        script = Script.model_validate(raw)
    except ValidationError as error:
        problems = "\n".join(_sentence(name, root, problem) for problem in error.errors())
        raise CallerError("script_invalid", problems) from error
    return _rooted(script, folder or Path.cwd())


def _rooted(script: Script, folder: Path) -> Script:
    def rooted(step: Step) -> Step:
        return step.model_copy(update={"play": folder / step.play}) if step.play else step

    return script.model_copy(
        update={
            "lines": tuple(rooted(line) for line in script.lines),
            "answers": tuple(rooted(answer) for answer in script.answers),
        }
    )


def _sentence(name: str, root: yaml.Node | None, problem: Any) -> str:
    message = _MESSAGES.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    where = ".".join(str(part) for part in problem["loc"])
    return f"{name}:{_line(root, problem['loc'])}: {where}: {message}."


def _line(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line of the innermost node on the path that is there; YAML counts from 0, people from 1."""
    line = node.start_mark.line if node else 0
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            node = None
        if node is None:
            break
        line = node.start_mark.line
    return line + 1
