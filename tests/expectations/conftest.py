"""A small synthetic warehouse that every suite accepts; each test plants one defect in a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.batches import Checkpoint, Circumstances
from expectations.checkpoints import run_checkpoint
from expectations.results import CheckResult

AS_OF = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)

GOOD = """
create schema raw_zendesk;
create table raw_zendesk.tickets as
    select range as id, 'main' as _tenant_id, md5(cast(range as varchar)) as row_hash from range(400);
create table raw_zendesk._dlt_loads as select 1 as load_id;
create schema raw_landing;
create table raw_landing.tickets as select 'main' as tenant_id, range as ticket_id, 'h' as row_hash from range(500);
create table raw_landing.quarantined_records as
    select 'main' as tenant_id, 'tickets' as table_name, 'tickets.csv' as file_name, range as line_no, 'h' as row_hash
    from range(3);
create table raw_landing.landing_files as
    select 'tickets.csv' as file_name, 'tickets' as table_name, 'event' as kind, 'partly' as state, 500 as rows_loaded,
        3 as rows_refused, false as is_lost, cast(null as varchar) as reason
    union all
    select 'agents.csv', 'agents', 'entity', 'loaded', 5, 0, false, null;
create schema raw_checks;
create table raw_checks.table_profiles as
    select 'raw_zendesk.tickets' as address, 390 as row_count, timestamp '2026-11-09 06:00:00' as checked_at;

create schema canonical;
create table canonical.tickets as
    select 'main' as tenant_id, 'helpdesk' as source_system,
        timestamp '2026-08-01 00:30:00' + to_days(cast(day as int)) + to_minutes(cast(10 * n as int)) as created_at
    from range(101) as days(day), range(30) as numbers(n);
create table canonical.incident_windows (tenant_id varchar, starts_at timestamp, ends_at timestamp);
create table canonical.event_calendar (tenant_id varchar, starts_at timestamp, ends_at timestamp);

create schema core;
create table core.fct_response_obligations as
    select 'main' as tenant_id, 'helpdesk' as source_system, created_at as started_at,
        created_at + interval 1 hour as satisfied_at, 'agent' as responder_agent_key, 'met' as internal_verdict,
        false as is_time_uncertain, 'answered' as state, 'c' as channel_key, 't' as team_key
    from canonical.tickets;
create table core.fct_messages as
    select 'main' as tenant_id, 'helpdesk' as source_system, created_at as sent_at from canonical.tickets;

create schema governance_review;
create table governance_review.kpi_definitions as
    select * from (values ('replies_sent', 'G3'), ('frt', 'G2'), ('csat', 'G1'), ('backlog', 'G4'),
        ('contact_volume', 'G3')) as t(kpi_id, aggregation);
create table governance_review.kpi_monthly as
    with months as (select unnest([date '2026-08-01', date '2026-09-01', date '2026-10-01']) as month),
    scopes as (
        select * from (values ('company', 'all', 1.0), ('agent', 'a', 0.75), ('agent', 'unowned', 0.25),
            ('team', 't', 1.0), ('channel', 'c', 0.5), ('channel', 'd', 0.5)) as t(scope_type, scope_id, weight)
    ),
    kpis as (
        select * from (values ('replies_sent', 'count', 1000.0), ('backlog', 'count', 200.0),
            ('contact_volume', 'count', 900.0), ('frt', 'median', 7200.0), ('csat', 'ratio', 0.9))
            as t(kpi_id, stat, value)
    )
    select 'main' as tenant_id, month, kpi_id, 1 as kpi_version, stat, 'none' as clock, 'none' as layer,
        'none' as variant, scope_type, scope_id, case when stat = 'count' then value * weight else value end as value,
        cast(null as varchar) as value_text, 1000 as n, 'green' as status
    from months, scopes, kpis;
"""


@pytest.fixture(scope="session")
def good_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("expectations") / "good.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(GOOD)
    return path


Check = Callable[..., list[CheckResult]]


@pytest.fixture
def check(good_file: Path, tmp_path: Path) -> Check:
    """Run a checkpoint on the good file after some SQL."""

    def run(
        checkpoint: Checkpoint, defect: str = "", published_rows: dict[str, int] | None = None
    ) -> list[CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copy(good_file, path)
        if defect:
            with duckdb.connect(str(path)) as connection:
                connection.execute(defect)
        return run_checkpoint(checkpoint, path, Circumstances(AS_OF, published_rows or {}))

    return run
