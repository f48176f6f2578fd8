"""After a build: numbers of closed months that moved are written into the ledger, before anything is published."""

from __future__ import annotations

from orchestration.closing.month_close import changed_facts
from orchestration.ledger.tables import TABLES, fill_raw_ledger, ledger_of
from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

REBUILT_AFTER = ("int_ledger_restatements+", "int_ledger_facts+")
"""What dbt builds again once restatements were recorded."""


def record_restatements(settings: Settings) -> int:
    """Append what the build found to the ledger; returns how many. The caller holds the writer's lock.

    Raises:
        LedgerError: the ledger does not verify; nothing was appended.
    """
    with open_read_only(settings.warehouse) as connection:
        names = ", ".join(TABLES["restatements"])
        found = connection.sql(
            f"select {names} from intermediate.int_restatements_found order by kpi_monthly_key"
        ).to_arrow_table()
        if not found.num_rows:
            return 0
        last_months = dict(
            connection.execute(
                "select tenant_id, max(month) from raw_ledger.closes where tenant_id in "
                "(select tenant_id from intermediate.int_restatements_found) group by tenant_id"
            ).fetchall()
        )
        facts = changed_facts(connection, last_months)
    ledger_of(settings.home).append({"facts": facts, "restatements": found})
    fill_raw_ledger(settings.home)
    return int(found.num_rows)
