"""Search attributes: made where the namespace lets us, done without where it does not."""

import structlog
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from schemas.searching import SEARCH_ATTRIBUTES

log = structlog.get_logger(__name__)


async def ensure_searchable(client: Client) -> bool:
    """Whether the namespace knows all of ours, having added those it lacked; workflows start without them too."""
    wanted = set(SEARCH_ATTRIBUTES)
    try:
        found = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        missing = wanted - set(found.custom_attributes)
        if missing:
            keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace, search_attributes=dict.fromkeys(missing, keyword)
                )
            )
    except RPCError as error:
        log.warning("Workflows cannot be searched by call, tool or state: add the search attributes.", why=str(error))
        return False
    return True
