"""One seller through Zendesk and through eDesk in one warehouse: the same numbers, or the missing capability named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.e2e import two_helpdesks as two
from tests.pipeline import build

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MISSING = re.compile(r"no source (of the tenant has the capability \w+|delivers \w+)")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two.shared_home(tmp_path_factory)


def ask(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_kpi_is_the_same_or_grey_with_the_missing_capability(home: Path) -> None:
    found = two.found_answers(home / "warehouse.duckdb")
    assert [one for one in found if one.verdict == "differs"] == []
    same = {one.kpi_id: one for one in found if one.verdict == "equal"}
    assert len(same) > 55
    # teams come by the sheet of channels: twins on the business clock are the same too
    twins = {"tfs", "trt", "full_resolution_time", "requester_wait_time", "update_gap", "sdr_bd"}
    assert twins <= same.keys()
    assert same["full_resolution_time"].compared >= 6
    assert {"frt", "nrt", "full_resolution_time", "sla_compliance", "backlog", "tag_volume"} <= (
        same.keys()
    )
    assert same["frt"].compared >= 6
    grey = {one.kpi_id: one.reason for one in found if one.verdict == "grey"}
    assert [reason for reason in grey.values() if not MISSING.search(reason)] == []
    assert grey["transfer_rate"].endswith("assignment_log")
    assert grey["retag_rate"].endswith("tag_log")
    assert grey["macro_usage_rate"].endswith("macro_id")
    assert grey["comments_deleted"].endswith("delete_log")


def test_what_speaks_of_the_source_itself_is_what_may_differ(home: Path) -> None:
    found = two.found_answers(home / "warehouse.duckdb")
    assert {one.kpi_id for one in found if one.verdict == "itself"} <= {
        *("audit_completeness", "load_completeness", "time_precision_share", "unmapped_rate"),
    }


def test_promises_whose_owner_is_uncertain_count_for_channels_and_for_no_person(home: Path) -> None:
    breached = {
        tenant: tuple(map(int, row))
        for tenant, *row in ask(
            home,
            """
            select tickets.tenant_id, count(*), count(*) filter (where is_time_uncertain)
            from core.fct_response_obligations as promises inner join canonical.tickets as tickets using (ticket_key)
            where internal_verdict = 'breached' and tickets.assignee_id is not null
            group by tickets.tenant_id
            """,
        )
    }
    assert breached["main"][0] == breached["outlet"][0] > 50
    # After one load nobody knows since when a ticket has its holder: no breach is laid at anybody's door.
    assert breached["main"][1] == 0
    assert breached["outlet"][1] == breached["outlet"][0]
    totals = dict(
        ask(
            home,
            "select tenant_id, sum(n_breached) from agent_sla.agent_sla_daily where layer = 'internal' group by 1",
        )
    )
    assert totals["main"] == totals["outlet"]


def test_every_inferred_change_carries_the_time_it_may_have_taken(home: Path) -> None:
    (row,) = ask(
        home,
        """
        select
            count(*), min(time_precision_s), count(*) filter (where event_type <> 'assignee_change'),
            max(abs(time_precision_s - date_diff('second', tickets.created_at, events.occurred_at)))
        from canonical.ticket_events as events inner join canonical.tickets as tickets using (ticket_key)
        where events.source_system = 'edesk' and event_source = 'snapshot_diff'
        """,
    )
    count, shortest, others, largest_gap = row
    assert count > 300 and shortest > 0
    assert (others, largest_gap) == (0, 0)


def test_ids_of_two_helpdesks_never_collide(home: Path) -> None:
    shared = ask(
        home,
        """
        select count(*) from canonical.tickets as one inner join canonical.tickets as other
            on one.ticket_id = other.ticket_id and one.tenant_id = 'main' and other.tenant_id = 'outlet'
        """,
    )
    assert shared[0][0] > 400, "both accounts know the tickets under the same vendor id"
    for table, key in (
        *(("tickets", "ticket_key"), ("messages", "message_key"), ("ticket_events", "event_key")),
        *(("agents", "agent_key"), ("tags", "tag_key"), ("channels", "channel_key")),
        ("macros", "macro_key"),
    ):
        (row,) = ask(
            home,
            f"select count(*), count(distinct {key}), count(distinct tenant_id) from canonical.{table}",
        )
        assert row[0] == row[1] and row[2] == 2, table


def test_the_page_of_the_reference_is_what_the_comparison_says(home: Path) -> None:
    written = (home / "sources.md").read_text("utf-8")
    assert written == two.PAGE.read_text("utf-8"), "run python -m tests.e2e.two_helpdesks"


SAME_ALONE = (
    *("governance_review.kpi_monthly", "agent_sla.agent_sla_daily", "tag_volume.tag_volume_daily"),
    *("core.fct_response_obligations", "core.dim_agents"),
)


def test_a_tenant_says_what_it_says_alone(home: Path, tmp_path: Path) -> None:
    """Ids of tickets, agents and tags are the same in both accounts; nothing of one moves a number of the other.

    Of the tenant with the fuller helpdesk: the other one says the same where it can measure, as the first test shows,
    so that whatever moved the other alone would make the two differ there.
    """
    tenant = "main"
    shutil.copy(home / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        for schema, table, column in connection.execute(
            """
            select schema_name, table_name, column_name from duckdb_columns()
            where starts_with(schema_name, 'raw_') and column_name in ('_tenant_id', 'tenant_id')
            """
        ).fetchall():
            connection.execute(f'delete from {schema}."{table}" where {column} <> ?', [tenant])
    read = [f"+{table.partition('.')[2]}" for table in SAME_ALONE]
    build(tmp_path, two.AS_OF, select=read, full_refresh=True)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(f"attach '{home / 'warehouse.duckdb'}' as both_tenants (read_only)")
        for table in SAME_ALONE:
            rows = f"select * from {{}}{table} where tenant_id = '{tenant}'"
            alone, together = rows.format(""), rows.format("both_tenants.")
            (found,) = connection.execute(
                f"""
                select
                    (select count(*) from ({alone})),
                    (select count(*) from ({alone} except all {together})),
                    (select count(*) from ({together} except all {alone}))
                """
            ).fetchall()
            assert found[0] > 0 and found[1:] == (0, 0), table
