"""Unlocks a safe: a code is opened by an activity, another is asked for, a third comes back sealed."""

import hashlib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from temporalio import activity, workflow

from workflows.caller import Caller, Unanswered
from workflows.conduct import conducted
from workflows.dispatcher import Dispatcher
from workflows.errors import ToolError
from workflows.ports import Seals, World
from workflows.sealed import Sealed
from workflows.steps import quickly, surely
from workflows.tool import tool

Code = Sealed[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{6,40}$")]]


class UnlockSafe(BaseModel):
    """Unlock a safe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    safe: str = Field(description="Which safe.")
    code: Code = Field(description="Its code.")


class Word(BaseModel):
    """A word that only the owner knows."""

    word: Code = Field(description="The word.")


class Unlocked(BaseModel):
    """What came of it. ``next_code`` is never spoken of."""

    safe: str
    digest: str
    next_code: Sealed[str]


class Both(BaseModel):
    """What an activity is given."""

    code: Code
    word: Code


class UnlockActivities:
    """Activities that see what is sealed."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _seals(self) -> Seals:
        assert self._world.seals is not None
        return self._world.seals

    @activity.defn
    async def try_codes(self, both: Both) -> str:
        """A digest of both, which only proves that they were read."""
        return hashlib.sha256((self._seals.open(both.code) + self._seals.open(both.word)).encode()).hexdigest()[:12]

    @activity.defn
    async def new_code(self, code: Code) -> Sealed[str]:
        """The next code: the old one backwards."""
        return self._seals.seal(self._seals.open(code)[::-1])


@workflow.defn(name="unlock_safe")
class UnlockSafeWorkflow:
    """Ask for the word, try both, tell."""

    @workflow.run
    @conducted
    async def run(self, request: UnlockSafe, caller: Caller, dispatcher: Dispatcher) -> Unlocked:
        workflow.logger.warning("A safe is unlocked: %s", request)
        await caller.step(f"unlocks {request}")
        answer = await caller.ask("What is the word?", Word, patience=60.0)
        if isinstance(answer, Unanswered):
            raise ToolError("unanswered", "No word, no safe.")
        await dispatcher.approve("Unlock?", default=True, deadline=0.2, details={"code": str(request.code)})
        digest = await quickly(UnlockActivities.try_codes, Both(code=request.code, word=answer.word))
        fresh = await surely(UnlockActivities.new_code, request.code)
        unlocked = Unlocked(safe=request.safe, digest=digest, next_code=fresh)
        await caller.tell("It is open.", unlocked)
        return unlocked


TOOL = tool(
    request=UnlockSafe,
    result=Unlocked,
    workflow=UnlockSafeWorkflow,
    activities=[UnlockActivities],
    title="unlock a safe",
)
