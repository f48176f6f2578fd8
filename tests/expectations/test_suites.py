from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from expectations.batches import Circumstances
from expectations.checkpoints import SUITES, run_checkpoint
from expectations.results import critical_failures, warnings
from tests.expectations.conftest import AS_OF, Check

BEFORE = {"core.fct_messages": 3000, "governance_review.kpi_monthly": 85}

DEFECTS = [
    (
        "raw",
        "no_table_collapsed",
        "critical",
        "delete from raw_zendesk.tickets where id >= 100",
    ),
    (
        "raw",
        "rows_have_a_tenant",
        "critical",
        "update raw_zendesk.tickets set _tenant_id = null where id = 7",
    ),
    (
        "raw",
        "rows_have_a_content_hash",
        "warning",
        "update raw_landing.tickets set row_hash = null where ticket_id = 7",
    ),
    (
        "raw",
        "most_rows_were_accepted",
        "critical",
        "insert into raw_landing.quarantined_records "
        "select 'main', 'tickets', 'tickets.csv', range, 'h' from range(1000, 1600)",
    ),
    (
        "raw",
        "few_rows_were_refused",
        "warning",
        "insert into raw_landing.quarantined_records "
        "select 'main', 'tickets', 'tickets.csv', range, 'h' from range(1000, 1020)",
    ),
    (
        "raw",
        "every_file_was_read",
        "critical",
        "update raw_landing.landing_files set state = 'lost', is_lost = true, reason = 'UTF-16' where kind = 'event'",
    ),
    (
        "raw",
        "rule_sheets_are_whole",
        "warning",
        "update raw_landing.landing_files set rows_refused = 1 where file_name = 'agents.csv'",
    ),
    (
        "raw",
        "reference_sheets_are_read",
        "warning",
        "update raw_landing.landing_files set state = 'unread', reason = 'cut off' where file_name = 'agents.csv'",
    ),
    (
        "raw",
        "everything_in_the_folder_is_ours",
        "warning",
        "insert into raw_landing.landing_files values ('ticket.csv', null, null, 'ignored', 0, 0, false, null)",
    ),
    (
        "marts",
        "no_hole_in_the_days",
        "critical",
        "delete from canonical.tickets where cast(created_at as date) = date '2026-11-06'",
    ),
    (
        "marts",
        "no_day_is_multiplied",
        "critical",
        "insert into canonical.tickets select t.* from canonical.tickets t, range(9) "
        "where cast(created_at as date) = date '2026-11-06'",
    ),
    (
        "marts",
        "volume_is_usual_for_the_weekday",
        "warning",
        "insert into canonical.tickets select t.* from canonical.tickets t, range(2) "
        "where cast(created_at as date) = date '2026-11-06'",
    ),
    (
        "marts",
        "unknown_shares_do_not_explode",
        "critical",
        "update core.fct_response_obligations set responder_agent_key = 'unowned' "
        "where started_at >= timestamp '2026-10-01'",
    ),
    (
        "marts",
        "unknown_shares_are_stable",
        "warning",
        "update core.fct_response_obligations set team_key = null "
        "where started_at >= timestamp '2026-10-01' and extract(hour from started_at) = 1",
    ),
    (
        "marts",
        "sources_are_fresh",
        "warning",
        "delete from core.fct_messages where sent_at > timestamp '2026-11-07'",
    ),
    (
        "marts",
        "company_grid_is_complete",
        "critical",
        "delete from governance_review.kpi_monthly where scope_type = 'company' and kpi_id = 'csat' "
        "and month = date '2026-09-01'",
    ),
    (
        "marts",
        "scope_grids_are_nearly_complete",
        "warning",
        "delete from governance_review.kpi_monthly where scope_type <> 'company' "
        "and kpi_id in ('csat', 'frt', 'backlog') and month >= date '2026-09-01'",
    ),
    (
        "marts",
        "no_count_vanishes",
        "critical",
        "update governance_review.kpi_monthly set value = 0 "
        "where kpi_id = 'replies_sent' and month = date '2026-10-01'",
    ),
    (
        "marts",
        "counts_and_durations_move_by_steps",
        "warning",
        "update governance_review.kpi_monthly set value = value * 6 "
        "where kpi_id = 'frt' and month = date '2026-10-01'",
    ),
    (
        "marts",
        "ratios_move_by_steps",
        "warning",
        "update governance_review.kpi_monthly set value = 0.4 "
        "where kpi_id = 'csat' and month = date '2026-10-01'",
    ),
    (
        "marts",
        "most_kpis_stay_measurable",
        "critical",
        "update governance_review.kpi_monthly set status = 'grey_not_measurable' "
        "where kpi_id <> 'csat' and month = date '2026-10-01'",
    ),
    (
        "marts",
        "kpis_stay_measurable",
        "warning",
        "update governance_review.kpi_monthly set status = 'grey_not_measurable' "
        "where kpi_id = 'csat' and month = date '2026-10-01'",
    ),
    (
        "publication",
        "counts_add_up",
        "critical",
        "delete from governance_review.kpi_monthly where scope_id = 'unowned' and month = date '2026-09-01'",
    ),
    ("publication", "no_table_disappears", "critical", "drop table core.fct_messages"),
    (
        "publication",
        "no_table_shrinks",
        "critical",
        "delete from core.fct_messages where sent_at > timestamp '2026-10-01'",
    ),
    ("publication", "there_are_kpis", "critical", "delete from governance_review.kpi_monthly"),
]


@pytest.mark.parametrize("checkpoint", ["raw", "marts", "publication"])
def test_good_data_passes_every_suite(check: Check, checkpoint: str) -> None:
    results = check(checkpoint, published_rows=BEFORE)
    assert results
    assert [result.sentence for result in results if not result.passed] == []


@pytest.mark.parametrize(
    ("checkpoint", "name", "severity", "defect"), DEFECTS, ids=[defect[1] for defect in DEFECTS]
)
def test_a_planted_defect_is_found_and_said(
    check: Check, checkpoint: str, name: str, severity: str, defect: str
) -> None:
    failed = {
        result.check_name: result
        for result in check(checkpoint, defect, BEFORE)
        if not result.passed
    }
    assert name in failed
    found = failed[name]
    assert found.severity == severity
    assert found.action in found.sentence
    assert found.observed
    if severity == "warning":
        assert not critical_failures(failed.values()), "a warning must not stop the publication"
        assert found in warnings(failed.values())


def test_every_expectation_has_a_planted_defect(check: Check) -> None:
    names = {
        result.check_name
        for checkpoint in ("raw", "marts", "publication")
        for result in check(checkpoint)
    }
    assert names == {name for _, name, _, _ in DEFECTS}


def test_an_approved_incident_excuses_a_silent_day(check: Check) -> None:
    results = check(
        "marts",
        "delete from canonical.tickets where cast(created_at as date) = date '2026-11-06'; "
        "insert into canonical.incident_windows values "
        "('main', timestamp '2026-11-06 00:00:00', timestamp '2026-11-07 00:00:00')",
    )
    assert not critical_failures(results)


def test_a_first_run_without_history_passes(check: Check) -> None:
    results = check(
        "marts",
        "delete from canonical.tickets where created_at < timestamp '2026-11-08'; "
        "delete from core.fct_response_obligations where started_at < timestamp '2026-11-08'; "
        "delete from governance_review.kpi_monthly where month < date '2026-10-01'",
    )
    assert not critical_failures(results)


def test_a_missing_table_fails_instead_of_passing_unseen(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    results = run_checkpoint("marts", path, Circumstances(AS_OF))
    assert {result.check_name for result in results} == {"tables_exist"}
    assert len(critical_failures(results)) == len(results) > 0


def test_a_check_that_cannot_be_evaluated_counts_as_critical(check: Check) -> None:
    results = check(
        "marts",
        "alter table core.fct_messages rename column source_system to was_source_system",
    )
    assert any(
        "freshness" in str(r.suite) or r.suite == "core__fct_messages"
        for r in critical_failures(results)
    )


def test_the_file_is_free_for_writers_after_a_checkpoint(good_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(good_file.read_bytes())
    run_checkpoint("marts", path, Circumstances(AS_OF))
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table core.written as select 1 as n")


def test_every_number_has_a_reason() -> None:
    for suite in SUITES:
        for expectation in suite.expectations().expectations:
            meta = expectation.meta
            assert meta is not None
            assert set(meta) == {"name", "owner", "why", "action"}
            assert len(meta["why"]) > 40, (
                f"{suite.name}.{meta['name']} does not say why its bound is what it is"
            )
            assert expectation.severity is not None
