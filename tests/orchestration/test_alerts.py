"""Open alerts: by tenant and urgency, with names, and with values in the unit of their rule."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.cli import app
from orchestration.commands.alerts import open_alerts
from orchestration.delivery.places import place_of
from orchestration.presenting.languages import language
from orchestration.silent import silent_flags, silent_rules
from tests.delivery.desk import NOW, Desk, alert

_KEY = "3cd3f86fa12f5701fee4c9a3a1e29f9a"


def _published(folder: Path) -> Path:
    """Three tenants; two teams of one are called alike, as are two persons."""
    path = folder / "published" / "marts.duckdb"
    if path.exists():
        return path
    desk = Desk(folder)
    desk.teams = [
        {"team_key": f"one-{name}", "team_id": name, "tenant_id": "one", "name": title}
        for name, title in (("x", "North"), ("y", "North"), ("z", "South"))
    ]
    desk.person("k", "Ana [/red]", "x", "77", tenant_id="one")
    desk.person("other", "Ana [/red]", "y", "78", tenant_id="one")
    day = NOW.replace(hour=0)
    one = {"tenant_id": "one", "recipients": "team_lead|agent"}
    person = {"scope_type": "agent", "scope_id": "k|internal|mail", "agent_key": "k"}
    account = {
        "scope_type": "marketplace_account",
        "scope_id": "amazon.de|amz_odr||current|afn||60d",
    }
    turn = {"scope_type": "obligation", "scope_id": _KEY, "value": 1976400, "threshold": 86400}
    desk.publish(
        alert("a1", **one, scope_id="x", severity="medium", value=0.4, opened_at=day),
        alert("a2", **one, **person, rule_id="agent_sla_below", value=0.7, threshold=0.95, n=50),
        alert("a3", **one, is_open=False, rule_id="oldest_overdue", severity="critical"),
        alert("a4", **one, is_suppressed=True, rule_id="headroom_low", severity="critical"),
        alert("a5", **turn, tenant_id="two", rule_id="obligation_breached", n=1),
        alert(
            "a6",
            tenant_id="two",
            **account,
            rule_id="headroom_low",
            severity="info",
            value=1,
            threshold=2,
        ),
        alert("a7", **one, scope_id="z", severity="info", value=0.4, opened_at=NOW),
        tenants=("one", "two", "three"),
        kpi_definitions=[{"kpi_id": "amz_odr", "kpi_version": 1, "name": "Order defects"}],
        dim_tickets=[{"ticket_key": "t", "ticket_id": "4711", "tenant_id": "two"}],
        fct_response_obligations=[{"obligation_key": _KEY, "ticket_key": "t", "tenant_id": "two"}],
    )
    return path


def _said(path: Path) -> list[str]:
    return [place_of(one, one.agent_name, language("en")) for one in open_alerts(path).rows]


def test_open_alerts_come_by_tenant_and_urgency_with_names(tmp_path: Path) -> None:
    """People read names; where two share one, the id stands beside it."""
    marts = _published(tmp_path)
    found = open_alerts(marts)
    assert [(one.tenant_id, one.alert_id) for one in found.rows] == [
        *(("one", alert_id) for alert_id in ("a2", "a1", "a7")),
        *(("two", alert_id) for alert_id in ("a5", "a6")),
    ]
    assert _said(marts) == [
        "Ana [/red] (77), own promise, mail",
        "North (x)",
        "South",
        "ticket 4711",
        "amazon.de, Order defects, shipped by the marketplace, 60 days",
    ]
    assert (found.known, found.shown) == (("one", "three", "two"),) * 2
    assert [one.alert_id for one in open_alerts(marts, "high").rows] == ["a2", "a5"]
    assert [one.alert_id for one in open_alerts(marts, tenant="two").rows] == ["a5", "a6"]


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
    for text in ("Ana [/red] (77)", "North (x)", "70.0%", "95.0%", "team_lead, agent", "3 open"):
        assert text in first
    assert second == "No open alerts.\n"
    assert _KEY not in outcome.output
    for text in ("ticket 4711", "22 d 21 h", "24 h 00 min", "2 open"):
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
