"""An order: a slot in PostgreSQL, then a request to somebody outside of the system, who counts them."""

import os
from datetime import date, time, timedelta

import aiohttp
from pydantic import BaseModel, Field
from temporalio import activity, workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.ports import Appointment, Slot, World
from workflows.saga import Saga
from workflows.steps import quickly, surely
from workflows.tool import tool

PATIENCE = 10.0
"""Seconds for the outcome to be spoken before it is written instead: short, so that a trial is."""
SERVICES = ("boiler service", "drain cleaning", "electrical check", "tap repair")
HOURS = 10
FROM = date(2100, 1, 1)


class PlaceOrder(BaseModel):
    """Place an order."""

    number: int = Field(ge=1, description="The order's number.")


class Placed(BaseModel):
    """An order that was placed."""

    number: int = Field(description="The order's number.")


class Effect(BaseModel):
    """What the world outside is asked to do. ``key`` makes a repeat recognisable."""

    key: str
    number: int


class OrderActivities:
    """The two effects of an order; both may be asked for twice."""

    def __init__(self, world: World) -> None:
        self._appointments = world.appointments
        self._ledger = os.environ.get("TRUNKLINE_CHAOS_LEDGER", "")

    @activity.defn
    async def reserve(self, appointment: Appointment) -> bool:
        """Hold the slot and make it firm."""
        if await self._appointments.hold(appointment) is None:
            return False
        await self._appointments.confirm(appointment.id)
        return True

    @activity.defn
    async def cancel_reservation(self, appointment: Appointment) -> None:
        """Let go of the slot."""
        await self._appointments.release(appointment)

    @activity.defn
    async def deliver(self, effect: Effect) -> None:
        """Ask the world outside."""
        timeout = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            (await http.post(self._ledger, json=effect.model_dump())).raise_for_status()


def slot_of(number: int) -> Slot:
    """A slot that no other order wants."""
    turn, service = divmod(number, len(SERVICES))
    day, hour = divmod(turn, HOURS)
    return Slot(service=SERVICES[service], day=FROM + timedelta(days=day), time=time(8 + hour))


def number_of(slot: Slot) -> int:
    """The order that wants this slot."""
    hours = (slot.day - FROM).days * HOURS + slot.time.hour - 8
    return hours * len(SERVICES) + SERVICES.index(slot.service)


@workflow.defn(name="place_order")
class PlaceOrderWorkflow:
    """Reserve, deliver, tell."""

    @workflow.run
    @conducted
    async def run(self, request: PlaceOrder, caller: Caller) -> Placed:
        wanted = Appointment(
            id=caller.request.tool_call_id,
            fence=int(workflow.info().start_time.timestamp() * 1000),
            call_id=caller.request.call_id,
            slot=slot_of(request.number),
            name="Anna Miller",
            phone=caller.number,
        )
        async with Saga() as saga:
            saga.undo(OrderActivities.cancel_reservation, wanted)
            await quickly(OrderActivities.reserve, wanted)
            await surely(OrderActivities.deliver, Effect(key=wanted.id, number=request.number))
        placed = Placed(number=request.number)
        await caller.tell(f"Order {request.number} is placed.", placed, patience=PATIENCE)
        return placed


TOOL = tool(
    request=PlaceOrder,
    result=Placed,
    workflow=PlaceOrderWorkflow,
    activities=[OrderActivities],
    title="place an order",
)
