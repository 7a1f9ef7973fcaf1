"""One run of a tool's workflow: how it goes on where another run ended, and leaves for the next."""

from typing import Any

from temporalio import workflow

from schemas.tools import ToolRequested
from workflows.caller import Caller
from workflows.carried import Carried, Continued
from workflows.checkpoint import Leaving
from workflows.desk import Desk
from workflows.notify import Notify
from workflows.outlet import Outlet
from workflows.repair import Owed
from workflows.saga import owed as undoing
from workflows.stopping import Stopping


class Run:
    """Made by the kit, once for each run. What it carries is all that the parts of the kit know."""

    def __init__(
        self,
        call: ToolRequested,
        outlet: Outlet,
        desk: Desk,
        caller: Caller,
        notify: Notify,
        stopping: Stopping,
        owed: list[Owed],
    ) -> None:
        self._call = call
        self._outlet = outlet
        self._desk = desk
        self._caller = caller
        self._notify = notify
        self._stopping = stopping
        self._owed = owed
        self.leaving = Leaving(self._free, self._leave)

    def go_on(self, carried: Carried) -> None:
        """A further run knows what the one before it knew."""
        self._outlet.restore(carried.ids)
        self._desk.restore(carried.waiting, carried.ruled)
        self._notify.restore(carried.settled)
        self._caller.restore(
            carried.call_id,
            there=carried.there,
            further=carried.further,
            completed=carried.completed,
            committed=carried.committed,
        )

    def _free(self) -> bool:
        """Whether nothing is under way that a further run would not know of; what a person must put right is such."""
        return not (self._owed or self._caller.awaited or self._desk.holds or self._stopping.busy or self._outlet.busy)

    def _leave(self, state: dict[str, Any]) -> None:
        waiting, ruled = self._desk.carried()
        carried = Carried(
            state=state,
            ids=self._outlet.ids,
            call_id=self._caller.call_id,
            there=self._caller.there,
            further=self._caller.further,
            completed=self._caller.completed,
            committed=self._caller.committed,
            deadline=self._stopping.deadline,
            waiting=waiting,
            ruled=ruled,
            settled=self._notify.settled,
            undo=undoing(),
        )
        following = Continued.model_validate({**self._call.model_dump(), "carried": carried})
        versioned = workflow.info().get_current_deployment_version() is not None
        newest = workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE if versioned else None
        # Both are told, since servers differ in what they carry over by themselves.
        known = workflow.info().typed_search_attributes
        workflow.continue_as_new(
            following,
            memo=workflow.memo(),
            search_attributes=known if list(known) else None,
            initial_versioning_behavior=newest,
        )
