from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.commands.alerts import open_alerts
from orchestration.silent import print_silent, silent_rules


def _published(folder: Path) -> Path:
    path = folder / "marts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema agent_sla")
        connection.execute("create schema core")
        connection.execute(
            "create table core.dim_agents as select 'k' as agent_key, 'Ana' as display_name"
        )
        connection.execute(
            """
            create table agent_sla.alerts (
                alert_id varchar, rule_id varchar, severity varchar, scope_type varchar, scope_id varchar,
                agent_key varchar, value double, threshold double, n bigint, opened_at timestamp,
                is_open boolean, is_suppressed boolean
            );
            insert into agent_sla.alerts values
                ('a1', 'csat_drop', 'medium', 'team', 'x', null, 0.4, 0.12, 40, '2026-03-02', true, false),
                ('a2', 'agent_sla_below', 'high', 'agent', 'k|in', 'k', 0.7, 0.95, 50, '2026-03-03', true, false),
                ('a3', 'oldest_overdue', 'critical', 'channel', 'm', null, 9, 2, 3, '2026-03-04', false, false),
                ('a4', 'headroom_low', 'critical', 'channel', 'y', null, 1, 2, 3, '2026-03-04', true, true)
            """
        )
        connection.execute("alter table agent_sla.alerts add column recipients varchar")
        connection.execute("alter table agent_sla.alerts add column evidence_query varchar")
    return path


def test_open_alerts_come_by_urgency_with_names(tmp_path: Path) -> None:
    found = open_alerts(_published(tmp_path))
    assert [(row["alert_id"], row["scope"]) for row in found] == [("a2", "Ana"), ("a1", "x")]
    assert [row["alert_id"] for row in open_alerts(tmp_path / "marts.duckdb", "high")] == ["a2"]


def test_errors_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DeskhouseError, match="deskhouse run"):
        open_alerts(tmp_path / "absent.duckdb")
    with pytest.raises(ConfigurationError, match="choose among critical"):
        open_alerts(_published(tmp_path), "loud")


def test_rules_that_cannot_fire_are_named_with_the_reason(tmp_path: Path) -> None:
    path = _published(tmp_path)
    assert silent_rules(path) == {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table agent_sla.alert_rules (
                tenant_id varchar, rule_id varchar, is_measurable boolean, not_measurable_reason varchar
            );
            insert into agent_sla.alert_rules values
                ('t', 'oldest_overdue', false, 'no source delivers messages'),
                ('t', 'agent_sla_below', false, 'no source delivers messages'),
                ('t', 'csat_drop', true, null)
            """
        )
    found = silent_rules(path)
    assert found == {("t", "no source delivers messages"): ["agent_sla_below", "oldest_overdue"]}
    console = Console(record=True, width=200)
    print_silent(console, "Rules that cannot fire", found)
    text = console.export_text()
    assert "no source delivers messages: agent_sla_below, oldest_overdue" in text
    assert "t:" not in text
