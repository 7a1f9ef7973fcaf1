"""What workflows may be searched by, as Temporal's keys; ``schemas.searching`` says what they hold."""

from typing import Literal

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from schemas import searching

CALL, CALLER, TOOL, REGION, TENANT, STATE = map(SearchAttributeKey.for_keyword, searching.SEARCH_ATTRIBUTES)

State = Literal["working", "waits_for_person", "waits_for_caller", "undoing"]


def show_state(state: State) -> None:
    """Let the workflow be found by what it is about; nothing where the namespace does not know our attributes."""
    known = workflow.info().typed_search_attributes
    # Those it was started with tell whether the namespace knows them; an unknown one would stop the workflow.
    if known.get(STATE) not in (None, state):
        workflow.upsert_search_attributes([STATE.value_set(state)])
