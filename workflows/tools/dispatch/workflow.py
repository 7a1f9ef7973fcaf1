"""The dispatch, step by step: units in order, each with a deadline; then a person. The caller hears who has been asked,
and who comes."""

import asyncio

from temporalio import workflow

from workflows.caller import Caller
from workflows.checkpoint import Checkpoint
from workflows.conduct import conducted
from workflows.dispatcher import Dispatcher
from workflows.errors import ToolError
from workflows.notify import Notify
from workflows.ports import Job, Unit
from workflows.saga import Saga
from workflows.spoken import spoken_number
from workflows.steps import quickly, surely, unbroken
from workflows.tools.dispatch.activities import Attempt, DispatchActivities
from workflows.tools.dispatch.models import ADVICE, Arranged, Finished, Help, Offer, SendHelp

ANSWER = 45.0
"""Seconds that a unit has to take a job or leave it."""
PERSON = 300.0
"""Seconds that a person has, where no unit took it."""
LONGEST = 8 * 3600.0
"""Seconds after which a job counts as done, should nobody say so."""
MOST = 20
"""Units that are asked at most."""
TELLING = 30.0
"""Seconds for which it is worth saying who has been asked."""


@workflow.defn(name="send_help")
class SendHelpWorkflow:
    """Find somebody, tell the caller, and keep the unit for the job until it is done."""

    @workflow.run
    @conducted
    async def run(
        self, request: SendHelp, caller: Caller, dispatcher: Dispatcher, notify: Notify, checkpoint: Checkpoint[Help]
    ) -> Help:
        job = Job(
            id=f"{caller.request.tool_call_id}-{caller.request.id[-12:]}",
            call_id=caller.request.call_id,
            problem=request.problem,
            address=request.address,
            phone=caller.number,
        )
        async with Saga() as saga:
            saga.undo(DispatchActivities.close_job, job)
            found = checkpoint.reached or await _sent(request, job, caller, dispatcher, notify)
            checkpoint.reach(found)
            await _until_done(found, dispatcher)
        await unbroken(surely(DispatchActivities.close_job, job))
        return found


async def _sent(request: SendHelp, job: Job, caller: Caller, dispatcher: Dispatcher, notify: Notify) -> Help:
    """Who goes; the caller has been told.

    Raises:
        ToolError: nobody can be sent.
    """
    found = await _offered(job, caller, dispatcher, notify) or await _arranged(job, caller, dispatcher)
    caller.commit()  # Somebody is on the way: from here on nothing would call them back.
    await caller.tell(_words(found), found, otherwise=f"{_words(found)} It is for: {job.problem}, {job.address}.")
    return found


async def _offered(job: Job, caller: Caller, dispatcher: Dispatcher, notify: Notify) -> Help | None:
    """The unit that took the job; None where none did. The caller hears who has been asked."""
    before = ""
    for number in range(1, MOST + 1):
        attempt = Attempt(job=job, number=number)
        unit = await quickly(DispatchActivities.offer_job, attempt)
        if unit is None:
            return None
        await caller.step(f"offered to {unit.person}")
        try:
            answer = await _asked(unit, job, caller, dispatcher, notify, before)
        except asyncio.CancelledError:
            if unit.phone:
                await unbroken(notify.sms(unit.phone, f"The job at {job.address} has been called off."))
            raise
        accepted = answer is not None and answer.accepted
        attempt = attempt.model_copy(update={"accepted": accepted})
        stands = await quickly(DispatchActivities.decide_offer, attempt)
        said = "has not answered" if answer is None else "takes it" if accepted else "cannot"
        before = f"{unit.person} {'has not answered' if answer is None else 'cannot come'}, so "
        await caller.step(f"{unit.person} {said}")
        if answer is not None and accepted and stands:
            return Help(job=job.id, who=unit.person, minutes=answer.minutes or unit.minutes)
        if unit.phone and answer is None:
            await notify.sms(unit.phone, f"The job at {job.address} has been given to somebody else.")
    return None


async def _asked(
    unit: Unit, job: Job, caller: Caller, dispatcher: Dispatcher, notify: Notify, before: str
) -> Offer | None:
    """What the unit says; None where it said nothing in time. ``before``: what the one asked before it said."""
    if unit.phone:
        await notify.sms(
            unit.phone,
            f"Urgent: {job.problem} at {job.address}. Can you go? Reply YES and the minutes you need, or NO, "
            f"in {ANSWER:.0f} seconds.",
        )
    telling = asyncio.create_task(caller.say(_who_is_asked(unit, job, before), patience=TELLING))
    try:
        decision = await dispatcher.ask(
            f"{unit.person}: {job.problem} at {job.address}. Do you take it?",
            Offer,
            default=Offer(accepted=False),
            deadline=ANSWER,
            details={"unit": unit.id, "person": unit.person, "problem": job.problem, "address": job.address},
        )
    finally:
        telling.cancel()  # Whether it was heard matters no more; what comes next is said after it.
    return None if decision.by is None else decision.answer


def _who_is_asked(unit: Unit, job: Job, before: str) -> str:
    if before:
        return f"{before}I've asked {unit.person}."
    then = ADVICE.get(job.problem, {}).get("then", "")
    until = f" Until then, {then[:1].lower()}{then[1:]}" if then else ""
    return f"I've asked {unit.person} to come, and I'll tell you as soon as there is an answer.{until}"


async def _arranged(job: Job, caller: Caller, dispatcher: Dispatcher) -> Help:
    """What a person arranges.

    Raises:
        ToolError: nobody can be sent.
    """
    await caller.step("no unit is free: a person decides")
    telling = asyncio.create_task(
        caller.say("None of our people can come just now, so I've asked our manager to find somebody.", patience=20.0)
    )
    decision = await dispatcher.ask(
        f"No unit took it: {job.problem} at {job.address}. Who goes?",
        Arranged,
        default=Arranged(who=""),
        deadline=PERSON,
        details={"problem": job.problem, "address": job.address, "phone": job.phone or "not known"},
    )
    await telling
    if not decision.answer.who.strip():
        raise ToolError(
            "nobody",
            "I'm very sorry, I could not find anybody who can come. If there is danger, please call the emergency "
            "services now.",
            retryable=True,
        )
    return Help(job=job.id, who=decision.answer.who.strip(), minutes=decision.answer.minutes)


async def _until_done(found: Help, dispatcher: Dispatcher) -> None:
    """Keep the unit for this job until somebody says that it is done, or long enough."""
    while True:
        decision = await dispatcher.ask(
            f"{found.who}: is the job done?", Finished, default=Finished(done=True), deadline=LONGEST
        )
        if decision.answer.done:
            return


def _words(found: Help) -> str:
    return f"{found.who} is on the way, and will be with you in about {spoken_number(found.minutes)} minutes."
