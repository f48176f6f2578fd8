"""The code location as Dagster loads it: keys, lineage, pools, checks, schedules."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from expectations.checkpoints import SUITES
from orchestration.definitions import assemble
from orchestration.defs.ingestion import PULL_JOB
from orchestration.publishing import PUBLISHED_SCHEMAS
from orchestration.pulling import assemble_pull
from orchestration.resources import AS_OF_TAG, POOL, holding_reporter
from orchestration.settings import SOURCES

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def location() -> dg.Definitions:
    return assemble()


@pytest.fixture(scope="module")
def graph(location: dg.Definitions) -> dg.AssetGraph:
    return location.resolve_asset_graph()


def test_keys_are_warehouse_addresses(graph: dg.AssetGraph) -> None:
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {
        "raw_zendesk/tickets",
        "raw_landing/tickets",
        "canonical/tickets",
        "core/fct_response_obligations",
        "agent_sla/agent_sla_daily",
        "governance_review/kpi_monthly",
        "published/candidate",
        "published/marts",
    } <= keys
    assert all(len(key.path) == 2 for key in graph.get_all_asset_keys())


def test_lineage_reaches_from_every_source_to_the_publication(graph: dg.AssetGraph) -> None:
    upstream = dg.AssetSelection.assets(dg.AssetKey(["published", "marts"])).upstream()
    groups = {graph.get(key).group_name for key in upstream.resolve(graph)}
    assert {f"ingest_{source}" for source in SOURCES} <= groups
    assert set(PUBLISHED_SCHEMAS) <= groups


def test_a_pull_by_itself_is_that_of_the_whole_location(location: dg.Definitions) -> None:
    by_itself = assemble_pull().resolve_job_def(PULL_JOB)
    whole = location.resolve_job_def(PULL_JOB)
    assert by_itself.asset_layer.executable_asset_keys == whole.asset_layer.executable_asset_keys
    assert {node.name for node in by_itself.nodes} == {f"pull_{source}" for source in SOURCES}


def test_a_pull_loads_nothing_of_dbt() -> None:
    script = (
        "import sys\nfrom orchestration.pulling import assemble_pull\nassemble_pull()\n"
        "print([name for name in ('dagster_dbt', 'dbt', 'great_expectations') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.strip() == "[]"


def test_nothing_hangs_in_the_air(graph: dg.AssetGraph) -> None:
    """A key that no step makes would be a dbt source without a connector, or a misspelt address."""
    unmade = {
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if not graph.get(key).is_executable
    }
    assert not unmade


def test_every_writer_is_in_the_pool(location: dg.Definitions) -> None:
    repository = location.get_repository_def()
    for definition in repository.assets_defs_by_key.values():
        assert definition.op.pool == POOL, definition.op.name
    for check in repository.asset_checks_defs_by_key.values():
        assert check.op.pool == POOL, check.op.name


def test_every_run_is_one_process_that_holds_the_runs_lock(location: dg.Definitions) -> None:
    """Also what somebody materializes in the interface; a lock cannot pass from process to process."""
    jobs = location.get_repository_def().get_all_jobs()
    assert len(jobs) > len(location.jobs or []), "the job of single assets is among them"
    for job in jobs:
        assert job.executor_def is dg.in_process_executor, job.name
        assert job.resource_defs["reporter"] is holding_reporter
        for node in job.nodes:
            assert "reporter" in node.definition.required_resource_keys, node.name


def test_owners_groups_and_kinds_are_set(graph: dg.AssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name not in (None, "default"), key
        assert node.kinds, key
        if key.path[0] in (*PUBLISHED_SCHEMAS, "published", "raw_zendesk"):
            assert node.owners, f"{key} has no owner"


def test_published_tables_and_sources_have_freshness_policies(graph: dg.AssetGraph) -> None:
    for address in ("raw_zendesk/tickets", "governance_review/kpi_monthly", "published/marts"):
        assert graph.get(dg.AssetKey.from_user_string(address)).freshness_policy is not None


def test_every_suite_is_a_blocking_check(location: dg.Definitions, graph: dg.AssetGraph) -> None:
    checks = {
        key.name: graph.get_check_spec(key)
        for key in graph.asset_check_keys
        if key.name.startswith("gx_")
    }
    assert set(checks) == {f"gx_{suite.name}" for suite in SUITES}
    assert all(spec.blocking for spec in checks.values())
    assert all(graph.has(spec.asset_key) for spec in checks.values())


def test_the_raw_gate_comes_before_the_build_and_the_marts_gate_before_staging(
    location: dg.Definitions,
) -> None:
    job = location.resolve_job_def("warehouse_daily_job")
    plan = dg.DagsterInstance.ephemeral()
    with plan as instance:
        from dagster._core.execution.api import create_execution_plan

        steps = create_execution_plan(
            job, instance_ref=instance.get_ref() if instance.is_persistent else None
        )
        order = [step.key for level in steps.get_steps_to_execute_by_level() for step in level]
    wanted = [
        "raw_checks__results",
        "gate_raw",
        "build_warehouse",
        "gate_marts",
        "published__candidate",
        "gate_publication",
        "published__marts",
    ]
    assert [step for step in order if step in wanted] == wanted
    # The ledger is read before the build; what moved is written into it after the gate, before anything is staged.
    assert order.index("read_ledger") < order.index("build_warehouse")
    assert (
        order.index("gate_marts")
        < order.index("ledger__restatements")
        < order.index("published__candidate")
    )


def test_the_close_of_day_8_names_the_month_before(location: dg.Definitions) -> None:
    at = datetime(2026, 11, 8, 6, tzinfo=UTC)
    schedule = location.resolve_schedule_def("month_close_schedule")
    context = dg.build_schedule_context(
        scheduled_execution_time=at, repository_def=location.get_repository_def()
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2026-10-01"
    assert request.tags["deskhouse/closed_at"] == at.isoformat()
    job = location.resolve_job_def("month_close_job")
    steps = {node.name for node in job.nodes}
    assert {"ledger__month_close", "read_ledger", "build_warehouse", "published__marts"} <= steps
    assert "reviews__monthly_pack" in steps
    daily = {node.name for node in location.resolve_job_def("warehouse_daily_job").nodes}
    assert not {"ledger__month_close", "reviews__monthly_pack"} & daily


def test_operators_are_told_of_every_schedule(location: dg.Definitions) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    named = [schedule.name for schedule in location.get_repository_def().schedule_defs]
    assert len(named) > 3
    assert [name for name in named if f"| `{name}` |" not in page] == []


def test_schedules_pass_their_instant_to_the_run(location: dg.Definitions) -> None:
    at = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    for name in ("sources_hourly_schedule", "warehouse_daily_schedule"):
        schedule = location.resolve_schedule_def(name)
        context = dg.build_schedule_context(scheduled_execution_time=at)
        requests = schedule.evaluate_tick(context).run_requests
        assert requests
        assert requests[0].tags[AS_OF_TAG] == at.isoformat()


def test_the_location_validates_without_network_credentials_or_data(tmp_path: Path) -> None:
    """As ``dagster definitions validate`` and a server load it: an empty environment but for the path."""
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DESKHOUSE_HOME": str(tmp_path / "home"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DAGSTER_HOME": str(tmp_path),
    }
    outcome = subprocess.run(
        [
            str(Path(sys.executable).parent / "dagster"),
            "definitions",
            "validate",
            "-w",
            str(ROOT / "workspace.yaml"),
        ],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert not (tmp_path / "home").exists(), "loading the definitions wrote something"
