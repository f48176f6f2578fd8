"""The monthly close: proves the gates, then writes the month as it is presented into the ledger, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from ingestion.errors import ConfigurationError, DeskhouseError
from ingestion.in_memory import in_memory
from orchestration.closing.gates import GATE_NAMES, Gate, blocking, gate_results
from orchestration.ledger.accepting import refuse_one_person
from orchestration.ledger.anchor import warehouse_marks
from orchestration.ledger.operator import operator
from orchestration.ledger.tables import (
    TABLES,
    fill_raw_ledger,
    ledger_instant,
    ledger_of,
    table_of,
)
from orchestration.settings import Settings, nothing_there
from orchestration.warehouse import open_read_only, parquet_rows

_CLOSE_DAY = 8
_CLOSE_HOUR = 6
_MATURITY = timedelta(days=7)
"""A reopening and a repeated contact count for seven days."""


class CloseError(DeskhouseError):
    """The month cannot be closed; nothing was written."""


@dataclass(frozen=True)
class CloseRequest:
    """Which month to close, who asks, and which failed gates he signs off with which reason; None = all tenants.

    ``by`` and ``second``, who agrees to what is signed off, are names as claimed; the operator is recorded beside them.
    """

    month: date
    by: str
    waived: Mapping[str, str] = field(default_factory=dict)
    tenant_id: str | None = None
    second: str | None = None


@dataclass(frozen=True)
class MonthClose:
    """A closed month of one tenant; ``is_new`` is false when it had been closed before."""

    tenant_id: str
    month: date
    closed_at: datetime
    closed_by: str
    data_as_of: datetime
    row_count: int
    snapshot_hash: str
    gates: tuple[Gate, ...]
    is_new: bool


def parse_month(text: str) -> date:
    """First day of a month written ``2026-10``.

    Raises:
        ConfigurationError: it is no month.
    """
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no month: write it like 2026-10.") from error


def refuse_unready(settings: Settings, request: CloseRequest) -> None:
    """What can be known before a close builds anything: the month is over, and the warehouse has numbers of it.

    Args:
        settings: of this run; its instant is that of the close.
        request: what to close.

    Raises:
        CloseError: the month is not over, or has no numbers.
        ConfigurationError: nothing was built in this home yet.
    """
    ended = datetime.combine(_next_month(request.month), time(0), UTC)
    if min(settings.as_of, datetime.now(UTC)) < ended:
        raise CloseError(
            f"{request.month:%Y-%m} is not over: it can be closed from {ended:%Y-%m}-{_CLOSE_DAY:02d} "
            f"{_CLOSE_HOUR:02d}:00 on, in the reporting zone; wait until then."
        )
    if not settings.warehouse.exists():
        raise nothing_there(settings.warehouse, is_published=False)
    with open_read_only(settings.warehouse) as connection:
        built = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'governance_review' and table_name = 'kpi_monthly'"
        ).fetchall()
        if not built:
            raise CloseError(
                f"No KPI was built in {settings.warehouse} yet: run deskhouse run, then close."
            )
        _tenants(connection, request)


def close_month(settings: Settings, request: CloseRequest) -> list[MonthClose]:
    """Close a month for one tenant or all; all are closed or none.

    Args:
        settings: of this run; its instant is that of the close.
        request: what to close, and what is signed off.

    Raises:
        CloseError: too early, no data, or a gate failed that nobody signed off.
        LedgerError: the ledger does not verify.
    """
    unknown = sorted(set(request.waived) - set(GATE_NAMES))
    if unknown:
        raise ConfigurationError(
            f"There is no gate {', '.join(unknown)}; choose among {', '.join(GATE_NAMES)}."
        )
    if request.waived:
        refuse_one_person(request.by, request.second)
    if not settings.warehouse.exists():
        raise CloseError(f"{settings.warehouse} does not exist: run deskhouse run, then close.")
    with ledger_of(settings.home).exclusive():
        return _close(settings, request)


def _close(settings: Settings, request: CloseRequest) -> list[MonthClose]:
    ledger = ledger_of(settings.home)
    before = closes_of(settings)
    with open_read_only(settings.warehouse) as connection:
        ledger.verify(warehouse_marks(connection, settings.warehouse))
        tenants = _tenants(connection, request)
        done = [before[key] for tenant in tenants if (key := (tenant, request.month)) in before]
        drafts = [
            _draft(connection, settings, request, tenant, zone)
            for tenant, zone in tenants.items()
            if (tenant, request.month) not in before
        ]
        _refuse_blocked(drafts)
        rows = _ledger_rows(connection, drafts, request) if drafts else {}
    if rows:
        ledger.append(rows)
        fill_raw_ledger(settings.home)
    return [*done, *drafts]


def closes_of(settings: Settings) -> dict[tuple[str, date], MonthClose]:
    """All closes in the ledger by tenant and month."""
    found = {}
    for _, path in ledger_of(settings.home).files("closes"):
        with in_memory() as connection:
            rows = connection.execute(
                "select tenant_id, month, closed_at, closed_by, data_as_of, row_count, snapshot_hash, gate_results "
                f"from {parquet_rows(path)}"
            ).fetchall()
        for tenant, month, closed_at, by, data_as_of, count, digest, gates in rows:
            found[tenant, month] = MonthClose(
                tenant,
                month,
                closed_at.replace(tzinfo=UTC),
                by,
                data_as_of.replace(tzinfo=UTC),
                count,
                digest,
                tuple(Gate(**gate) for gate in json.loads(gates)),
                is_new=False,
            )
    return found


def is_closed(settings: Settings, request: CloseRequest) -> bool:
    """Whether there is nothing left to close: every tenant that has numbers of the month closed it, and readers see it.

    A close that was interrupted after it was written down is closed for good but not published: the next one does that.
    """
    done = {tenant for tenant, month in closes_of(settings) if month == request.month}
    if not done or not settings.warehouse.exists() or not settings.marts_file.exists():
        return False
    with open_read_only(settings.warehouse) as connection:
        asked = set(_tenants(connection, request))
    with open_read_only(settings.marts_file) as connection:
        rows = connection.execute(
            "select tenant_id from governance_review.month_closes where month = ?", [request.month]
        ).fetchall()
    return asked <= done & {tenant for (tenant,) in rows}


def due_at(month: date, zone: str) -> datetime:
    """First instant at which a month can be closed: day 8, 06:00 in the tenant's reporting zone."""
    day = _next_month(month).replace(day=_CLOSE_DAY)
    return datetime.combine(day, time(_CLOSE_HOUR), ZoneInfo(zone)).astimezone(UTC)


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _tenants(connection: duckdb.DuckDBPyConnection, request: CloseRequest) -> dict[str, str]:
    """Reporting zones of the tenants to close, those that have numbers of the month."""
    found = dict(
        connection.execute(
            "select distinct tenants.tenant_id, tenants.reporting_tz from canonical.tenants "
            "inner join governance_review.kpi_monthly using (tenant_id) where month = ? order by 1",
            [request.month],
        ).fetchall()
    )
    if request.tenant_id is not None:
        found = {name: zone for name, zone in found.items() if name == request.tenant_id}
    if not found:
        whose = f" of tenant {request.tenant_id}" if request.tenant_id else ""
        raise CloseError(
            f"The warehouse holds no numbers{whose} for {request.month:%Y-%m}: "
            "check the month, or run deskhouse run first."
        )
    return found


def _draft(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    request: CloseRequest,
    tenant: str,
    zone: str,
) -> MonthClose:
    month, due = request.month, due_at(request.month, zone)
    name = f"{month:%Y-%m} of {tenant}"
    if settings.as_of < due:
        raise CloseError(
            f"{name} can be closed from {due.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone} on; wait until then."
        )
    data_as_of = (
        connection.execute(
            "select max(as_of) from governance_review.kpi_monthly where tenant_id = ? and month = ?",
            [tenant, month],
        )
        .fetchall()[0][0]
        .replace(tzinfo=UTC)
    )
    ended = datetime.combine(_next_month(month), time(0), ZoneInfo(zone)).astimezone(UTC)
    if data_as_of < ended + _MATURITY:
        raise CloseError(
            f"{name} was last built at {data_as_of:%Y-%m-%d %H:%M} UTC, before reopenings and repeated contacts of its "
            "last days could be known: run deskhouse run, then close."
        )
    if settings.as_of < data_as_of:
        raise CloseError(
            f"{name} was last built at {data_as_of:%Y-%m-%d %H:%M} UTC and would be closed at "
            f"{settings.as_of:%Y-%m-%d %H:%M} UTC: a close cannot be dated back, leave --as-of out."
        )
    gates = tuple(
        replace(gate, state="waived")
        if gate.state == "failed" and gate.gate in request.waived
        else gate
        for gate in gate_results(connection, tenant, month)
    )
    row_count, digest = _fingerprint(connection, tenant, month)
    return MonthClose(
        tenant, month, settings.as_of, request.by, data_as_of, row_count, digest, gates, is_new=True
    )


def _refuse_blocked(drafts: list[MonthClose]) -> None:
    failed = [(draft, gate) for draft in drafts for gate in blocking(draft.gates)]
    if failed:
        said = "; ".join(
            f"{gate.gate} of {draft.tenant_id} ({gate.seen})" for draft, gate in failed
        )
        raise CloseError(
            f"{failed[0][0].month:%Y-%m} stays open, these gates failed: {said}. Correct the cause and run again, or "
            f"sign it off by two names: --by NAME --second NAME --waive {failed[0][1].gate} --reason TEXT."
        )


def _fingerprint(
    connection: duckdb.DuckDBPyConnection, tenant: str, month: date
) -> tuple[int, str]:
    """Number of rows and SHA-256 over what the forum sees of a month."""
    rows = connection.execute(
        "select kpi_monthly_key, value, value_text, numerator, denominator, n, target, status "
        "from governance_review.kpi_monthly where tenant_id = ? and month = ? order by kpi_monthly_key",
        [tenant, month],
    ).fetchall()
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([None if cell is None else str(cell) for cell in row]).encode())
    return len(rows), digest.hexdigest()


def _ledger_rows(
    connection: duckdb.DuckDBPyConnection, drafts: list[MonthClose], request: CloseRequest
) -> dict[str, pa.Table]:
    """Everything the close writes; the closes come last, without them the others mean nothing."""
    columns = [name for name in TABLES["snapshots"] if name != "close_id"]
    snapshots, closes = [], []
    signoffs: list[dict[str, object]] = []
    for draft in drafts:
        close_id = f"{draft.tenant_id}-{draft.month:%Y-%m}"
        snapshots.append(
            connection.sql(
                f"select '{_quoted(close_id)}' as close_id, {', '.join(columns)} from governance_review.kpi_monthly "
                f"where tenant_id = '{_quoted(draft.tenant_id)}' and month = date '{draft.month}' "
                "order by kpi_monthly_key"
            ).to_arrow_table()
        )
        waived = [gate for gate in draft.gates if gate.state == "waived"]
        signed = [
            {
                "gate": gate.gate,
                "by": request.by,
                "second": request.second,
                "reason": request.waived[gate.gate],
            }
            for gate in waived
        ]
        signoffs += [
            {
                "signoff_id": f"{close_id}-{signature['gate']}",
                "tenant_id": draft.tenant_id,
                "kind": "gate",
                "subject": signature["gate"],
                "month": draft.month,
                "signed_by": signature["by"],
                "reason": signature["reason"],
                "signed_at": ledger_instant(draft.closed_at),
                "second_by": signature["second"],
                "operator": str(operator()),
            }
            for signature in signed
        ]
        closes.append(
            {
                "close_id": close_id,
                "tenant_id": draft.tenant_id,
                "month": draft.month,
                "closed_at": ledger_instant(draft.closed_at),
                "closed_by": draft.closed_by,
                "data_as_of": ledger_instant(draft.data_as_of),
                "row_count": draft.row_count,
                "snapshot_hash": draft.snapshot_hash,
                "gate_results": json.dumps([asdict(gate) for gate in draft.gates]),
                "waived_gates": json.dumps(signed),
                "operator": str(operator()),
            }
        )
    return {
        "facts": changed_facts(connection, {draft.tenant_id: draft.month for draft in drafts}),
        "snapshots": pa.concat_tables(snapshots),
        "signoffs": table_of("signoffs", signoffs),
        "closes": table_of("closes", closes),
    }


def changed_facts(
    connection: duckdb.DuckDBPyConnection, last_months: Mapping[str, date]
) -> pa.Table:
    """Fingerprints of source rows up to a month per tenant, as far as they differ from what the ledger has.

    They are stamped with the instant of the build, the same that the numbers have.
    """
    wanted: list[Any] = [[tenant, month] for tenant, month in sorted(last_months.items())]
    listed = ", ".join(f"('{_quoted(tenant)}', date '{month}')" for tenant, month in wanted)
    names = ", ".join(TABLES["facts"])
    return connection.sql(
        f"""
        with wanted (tenant_id, last_month) as (values {listed}),
        instants as (select tenant_id, max(as_of) as recorded_at from governance_review.kpi_monthly group by tenant_id),
        present as (
            select facts.* from intermediate.int_ledger_facts_now as facts inner join wanted using (tenant_id)
            where facts.month <= wanted.last_month
        ),
        known as (
            select facts.* from intermediate.int_ledger_facts as facts inner join wanted using (tenant_id)
            where facts.month <= wanted.last_month
            qualify row_number() over (
                partition by tenant_id, area, subject_key, month order by ledger_seq desc
            ) = 1
        ),
        changed as (
            select
                coalesce(present.tenant_id, known.tenant_id) as tenant_id,
                coalesce(present.area, known.area) as area,
                coalesce(present.subject_key, known.subject_key) as subject_key,
                coalesce(present.month, known.month) as month,
                coalesce(present.row_count, 0) as row_count,
                present.content_hash,
                present.state
            from present full outer join known using (tenant_id, area, subject_key, month)
            where present.content_hash is distinct from known.content_hash
                or present.row_count is distinct from nullif(known.row_count, 0)
                or present.state is distinct from known.state
        )
        select {names} from changed inner join instants using (tenant_id)
        order by tenant_id, area, month, subject_key
        """
    ).to_arrow_table()


def _quoted(text: str) -> str:
    return text.replace("'", "''")
