"""After a build: numbers of closed months that moved are written into the ledger, before anything is published."""

from __future__ import annotations

import duckdb

from orchestration.closing.month_close import changed_facts
from orchestration.ledger.chain import Ledger, LedgerError
from orchestration.ledger.look_back import look_back_of
from orchestration.ledger.tables import SCHEMA, TABLES, fill_raw_ledger, ledger_of
from orchestration.looking_back import known_later
from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

REBUILT_AFTER = ("int_ledger_restatements+", "int_ledger_facts+")
"""What dbt builds again once restatements were recorded."""
_COMPARED = ("closes", "facts", "restatements")


def record_restatements(settings: Settings) -> int:
    """Append what the build found to the ledger; returns how many. The caller holds the writer's lock.

    A build at an instant before what the ledger or the publication knows finds nothing that is new.

    Raises:
        LedgerError: the ledger does not verify, or it has grown since the build; nothing was appended.
    """
    ledger = ledger_of(settings.home)
    if not ledger.links or look_back_of(settings.home) or known_later(settings, is_close=True):
        return 0
    with ledger.exclusive():
        return _record(settings, ledger)


def _record(settings: Settings, ledger: Ledger) -> int:
    with open_read_only(settings.warehouse) as connection:
        names = ", ".join(TABLES["restatements"])
        found = connection.sql(
            f"select {names} from intermediate.int_restatements_found "
            "where restatement_id not in (select restatement_id from raw_ledger.restatements) "
            "order by kpi_monthly_key"
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
        _refuse_grown(connection, ledger)
    ledger.append({"facts": facts, "restatements": found})
    fill_raw_ledger(settings.home)
    return int(found.num_rows)


def _refuse_grown(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """What was found is new against the ledger that the build read, not against one that grew meanwhile."""
    for table in _COMPARED:
        built = connection.execute(f"select max(ledger_seq) from {SCHEMA}.{table}").fetchall()[0][0]
        now = max((seq for seq, _ in ledger.files(table)), default=None)
        if now is not None and now != built:
            raise LedgerError(
                f"The ledger's {table} grew while the marts were built: nothing was recorded, run again."
            )
