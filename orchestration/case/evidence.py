"""What the private copy beside the published marts knows of a ticket: its order, that order's defects, the time spent.

Orders, surveys that were sent and sessions of handling are in no published table; the copy holds them as they were when
the marts were made, as ``explain`` reads it.
"""

from __future__ import annotations

from typing import Any

from orchestration.presenting.publication import Publication
from orchestration.publishing import EVIDENCE_FILE
from orchestration.warehouse import open_read_only

Row = dict[str, Any]

_PARTS = {
    "orders": """
        select orders.* from canonical.orders as orders
        inner join core.dim_tickets as tickets using (order_key)
        where tickets.ticket_key = $1 and not coalesce(orders.is_deleted_in_source, false)
        order by orders.placed_at, orders.order_key
    """,
    "defects": """
        select defects.*, orders.order_id as of_order from canonical.order_defects as defects
        inner join core.dim_tickets as tickets using (order_key)
        left join canonical.orders as orders using (order_key)
        where tickets.ticket_key = $1 and not coalesce(defects.is_deleted_in_source, false)
        order by defects.opened_at, defects.defect_key
    """,
    "asked": """
        select * from canonical.survey_sends where ticket_key = $1 and not coalesce(is_deleted_in_source, false)
        order by sent_at, survey_key
    """,
    # Sessions stand on the merge root; those of a merged ticket are its own, too.
    "work": """
        select work.*, turns.turn_no from intermediate.int_handle_sessions as work
        left join core.fct_response_obligations as turns using (obligation_key)
        where work.ticket_key = $1
            or work.session_key in (select session_key from canonical.handle_sessions where ticket_key = $1)
        order by work.started_at, work.session_key
    """,
}
PARTS = tuple(_PARTS)
"""Names of the parts, as the story calls them."""


def beside(publication: Publication, ticket_key: str) -> dict[str, list[Row]] | None:
    """Rows of every part by its name; None where the version was published without its private copy."""
    path = publication.path.parent / EVIDENCE_FILE
    if not path.is_file():
        return None
    found: dict[str, list[Row]] = {}
    with open_read_only(path) as connection:
        for name, query in _PARTS.items():
            cursor = connection.execute(query, [ticket_key])
            heads = [column[0] for column in cursor.description or []]
            found[name] = [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]
    return found
