"""Names by which Temporal's workflows are searched. They are not encrypted, so nothing personal stands in them."""

CALL = "TrunklineCall"
CALLER = "TrunklineCaller"
"""A pseudonym of the caller's address."""
TOOL = "TrunklineTool"
REGION = "TrunklineRegion"
TENANT = "TrunklineTenant"
STATE = "TrunklineState"
"""What the workflow is about: ``working``, ``waits_for_person``, ``waits_for_caller`` or ``undoing``. How one has ended
says Temporal's own ``ExecutionStatus``: to say it twice would be one more entry in the index for each workflow."""

SEARCH_ATTRIBUTES = (CALL, CALLER, TOOL, REGION, TENANT, STATE)
"""All of them, each of the type Keyword."""
