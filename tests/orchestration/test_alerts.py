"""Open alerts: by tenant and urgency, with names, and with values in the unit of their rule."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.cli import app
from orchestration.commands.alerts import open_alerts
from orchestration.silent import silent_flags, silent_rules

_KEY = "3cd3f86fa12f5701fee4c9a3a1e29f9a"


def _published(folder: Path) -> Path:
    path = folder / "published" / "marts.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for schema in ("agent_sla", "core", "governance_review"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table governance_review.kpi_monthly as select unnest(['one', 'two', 'three']) as tenant_id"
        )
        connection.execute(
            "create table core.dim_agents as select 'k' as agent_key, 'Ana [/red]' as display_name"
        )
        connection.execute(
            f"""
            create table agent_sla.alerts (
                alert_id varchar, tenant_id varchar, rule_id varchar, severity varchar, scope_type varchar,
                scope_id varchar, agent_key varchar, value double, threshold double, n bigint, opened_at timestamp,
                is_open boolean, is_suppressed boolean, recipients varchar, evidence_query varchar,
                acknowledged_by varchar, acknowledged_at timestamp
            );
            insert into agent_sla.alerts by position select *, null, null from (values
                ('a1', 'one', 'csat_drop', 'medium', 'team', 'x', null, 0.4, 0.12, 40, '2026-03-02', true, false,
                    'team_lead|agent', ''),
                ('a2', 'one', 'agent_sla_below', 'high', 'agent', 'k|in', 'k', 0.7, 0.95, 50, '2026-03-03', true,
                    false, null, ''),
                ('a3', 'one', 'oldest_overdue', 'critical', 'channel', 'm', null, 9, 2, 3, '2026-03-04', false, false,
                    '', ''),
                ('a4', 'one', 'headroom_low', 'critical', 'channel', 'y', null, 1, 2, 3, '2026-03-04', true, true,
                    '', ''),
                ('a5', 'two', 'obligation_breached', 'high', 'obligation', '{_KEY}', null, 1976400, 86400, 1,
                    '2026-03-05', true, false, 'team_lead', '')) as rows
            """
        )
    return path


def test_open_alerts_come_by_tenant_and_urgency_with_names(tmp_path: Path) -> None:
    marts = _published(tmp_path)
    found = open_alerts(marts)
    assert [(row["tenant_id"], row["alert_id"], row["scope"]) for row in found.rows] == [
        ("one", "a2", "Ana [/red]"),
        ("one", "a1", "x"),
        ("two", "a5", _KEY),
    ]
    assert (found.known, found.shown) == (("one", "three", "two"),) * 2
    assert [row["alert_id"] for row in open_alerts(marts, "high").rows] == ["a2", "a5"]
    assert [row["alert_id"] for row in open_alerts(marts, tenant="two").rows] == ["a5"]


def test_errors_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DeskhouseError, match="deskhouse run"):
        open_alerts(tmp_path / "absent.duckdb")
    with pytest.raises(ConfigurationError, match="choose among critical"):
        open_alerts(_published(tmp_path), "loud")
    with pytest.raises(ConfigurationError, match="no tenant four; known are one, three, two"):
        open_alerts(_published(tmp_path), tenant="four")


def test_each_tenant_is_a_block_in_human_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    _published(tmp_path)
    outcome = CliRunner().invoke(app, ["alerts"])
    assert outcome.exit_code == 0, outcome.output
    first, _, rest = outcome.output.partition("Tenant three\n")
    second, _, third = rest.partition("Tenant two\n")
    assert first.startswith("Tenant one\n")
    for text in ("agent Ana [/red]", "70.0%", "95.0%", "team_lead, agent", "2 open"):
        assert text in first
    assert second == "No open alerts.\n"
    for text in (f"obligation {_KEY}", "22 d 21 h", "24 h 00 min", "1 open"):
        assert text in third
    assert "1976400" not in outcome.output and "1,976,400" not in outcome.output
    one = CliRunner().invoke(app, ["alerts", "--tenant", "three"]).output
    assert one == "Tenant three\nNo open alerts.\n"


def test_rules_that_cannot_fire_are_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    path = _published(tmp_path)
    assert silent_rules(path) == {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table agent_sla.alert_rules (
                tenant_id varchar, rule_id varchar, is_measurable boolean, not_measurable_reason varchar
            );
            insert into agent_sla.alert_rules values
                ('two', 'oldest_overdue', false, 'no source delivers messages'),
                ('two', 'agent_sla_below', false, 'no source delivers messages'),
                ('one', 'csat_drop', true, null)
            """
        )
    rules = ["agent_sla_below", "oldest_overdue"]
    assert silent_rules(path) == {("two", "no source delivers messages"): rules}
    outcome = CliRunner().invoke(app, ["alerts"])
    first, _, second = outcome.output.partition("Tenant two")
    assert "Rules that cannot fire" not in first
    assert "no source delivers messages: agent_sla_below, oldest_overdue" in second


def test_coaching_flags_that_cannot_be_raised_are_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    path = _published(tmp_path)
    assert silent_flags(path) == {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table agent_sla.coaching_rules (
                tenant_id varchar, rule_id varchar, is_measurable boolean, not_measurable_reason varchar
            );
            insert into agent_sla.coaching_rules values
                ('two', 'recognition', false, 'no source delivers qa_reviews'),
                ('two', 'knowledge_gap', false, 'no source delivers qa_reviews'),
                ('two', 'overload', true, null)
            """
        )
    flags = ["knowledge_gap", "recognition"]
    assert silent_flags(path) == {("two", "no source delivers qa_reviews"): flags}
    first, _, second = CliRunner().invoke(app, ["alerts"]).output.partition("Tenant two")
    assert "Coaching flags" not in first
    _, _, told = second.partition("Coaching flags that cannot be raised:")
    assert "no source delivers qa_reviews: knowledge_gap, recognition" in told
