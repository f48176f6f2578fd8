"""Refused rows, unreadable files and older versions leave what is in force; what a complete sheet drops is gone."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.ingestion.landing.conftest import Load, Seen, csv_of, query, ticket

Look = Callable[[], Seen]
AGENT = {"tenant_id": "acme", "source_system": "desk"}


def agents(*rows: tuple[str, str]) -> str:
    """A sheet of agents: id and is_bot."""
    return csv_of(
        *[AGENT | {"agent_id": i, "display_name": f"Agent {i}", "is_bot": b} for i, b in rows]
    )


def targets(*rows: tuple[str, Any]) -> str:
    """A sheet of reply targets: id and seconds."""
    return csv_of(
        *[
            {
                "tenant_id": "acme",
                "target_version_id": i,
                "policy_id": "p",
                "version": "1",
                "metric": "first_reply",
                "target_seconds": seconds,
                "clock": "calendar",
            }
            for i, seconds in rows
        ]
    )


def test_a_typo_leaves_the_last_good_row(tmp_path: Path, landing: Path, load: Load) -> None:
    (landing / "agents.csv").write_text(
        agents(("501", "false"), ("502", "false"), ("503", "false"))
    )
    (landing / "sla_targets.csv").write_text(targets(("t1", 3600), ("t2", 86400)))
    load()
    (landing / "agents.csv").write_text(agents(("501", "false"), ("502", "flase")))
    (landing / "sla_targets.csv").write_text(targets(("t1", 1800), ("t2", "24h")))
    assert load().error is None
    found = query(tmp_path, "select agent_id, is_bot from raw_landing.agents order by 1")
    assert found == [("501", False), ("502", False)]  # 503 left the sheet, 502 is only refused
    assert query(
        tmp_path,
        "select target_version_id, target_seconds from raw_landing.sla_targets order by 1",
    ) == [
        ("t1", 1800),
        ("t2", 86400),
    ]
    assert query(
        tmp_path,
        "select file_name, state, rows_loaded, rows_refused from raw_landing.landing_files order by 1",
    ) == [("agents.csv", "partly", 1, 1), ("sla_targets.csv", "partly", 1, 1)]


@pytest.mark.parametrize(
    "broken",
    [
        b"tenant_id,source_system,agent_id\n",  # nothing but a header
        b"tenant_id,source_system,name\nacme,desk,x\n",  # a required column is missing
        agents(("501", "false")).encode("utf-16-le"),  # another encoding
        b"tenant_id,source_system,agent_id\nacme,desk\n",  # a line whose key is not known
        b"",
    ],
)
def test_what_cannot_be_read_removes_nobody(
    tmp_path: Path, landing: Path, load: Load, broken: bytes
) -> None:
    (landing / "agents.a.csv").write_text(agents(("501", "false")))
    (landing / "agents.b.csv").write_text(agents(("502", "false"), ("503", "false")))
    load()
    (landing / "agents.b.csv").write_bytes(broken)
    load()
    left = query(tmp_path, "select agent_id from raw_landing.agents order by 1")
    assert left == [("501",), ("502",), ("503",)]


def test_a_rule_refused_at_first_sight_refuses_what_hangs_on_it(folder: Path, look: Look) -> None:
    (folder / "business_calendars.csv").write_text(
        "tenant_id,calendar_id,tz,name\nacme,c,Rome,C\nacme,d,europe/rome,D\n"
    )
    (folder / "calendar_hours.csv").write_text(
        "tenant_id,calendar_id,weekday,opens,closes,valid_from\n"
        "acme,c,1,09:00,18:00,2026-01-01\nacme,d,1,9:00 AM,6:00 PM,2026-01-01\nother,x,1,9:00,18:00,2026-01-01\n"
    )
    seen = look()
    hours = {
        row["calendar_id"]: (row["opens"], row["closes"]) for row in seen.rows("calendar_hours")
    }
    assert hours == {"d": ("09:00", "18:00"), "x": ("9:00".zfill(5), "18:00")}
    assert [row["tz"] for row in seen.rows("business_calendars")] == ["Europe/Rome"]
    ((_, line, column, reason),) = seen.refused("calendar_hours")
    assert (line, column) == (2, "calendar_id")
    assert "not in business_calendars" in reason


def test_ten_faults_of_a_sheet_are_ten_sentences(folder: Path, look: Look) -> None:
    head = (
        "tenant_id,target_version_id,policy_id,version,metric,target_seconds,target_business_days,clock,"
        "pause_statuses,compliance_goal"
    )
    lines = [
        "acme,t1,p,1,first_reply,60,,calendar,[],0.9",
        "acme,t2,q,1,first_reply,60,,calendar,[],0.9",
        "acme,t3,p,1,first_replies,60,,calendar,[],0.9",
        "acme,t4,p,1,first_reply,1h,,calendar,[],0.9",
        "acme,t5,p,1,first_reply,-5,,calendar,[],0.9",
        "acme,t6,p,1,first_reply,60,3,calendar,[],0.9",
        "acme,t7,p,1,first_reply,,3,calendar,[],0.9",
        'acme,t8,p,1,first_reply,60,,calendar,"[""pnding""]",0.9',
        "acme,t9,p,1,first_reply,60,,calendar,[],95",
        "acme,,p,1,first_reply,60,,calendar,[],0.9",
        'acme,t11,p,1,first_reply,60,,calendar,"[],0.9',
    ]
    (folder / "sla_targets.csv").write_text("\n".join([head, *lines]) + "\n")
    (folder / "sla_policies.csv").write_text(
        "tenant_id,policy_id,version,layer,name,position,conditions,valid_from,valid_to\n"
        "acme,p,1,internal,P,1,{},2026-01-01,\n"
    )
    seen = look()
    assert [row["target_version_id"] for row in seen.rows("sla_targets")] == ["t1"]
    refused = seen.refused("sla_targets")
    assert sorted(line for _, line, _, _ in refused) == list(range(3, 13))
    assert all(reason for _, _, _, reason in refused)
    assert {line: column for _, line, column, _ in refused} == {
        3: "policy_id",
        4: "metric",
        5: "target_seconds",
        6: "target_seconds",
        7: "target_seconds",
        8: "clock",
        9: "pause_statuses",
        10: "compliance_goal",
        11: "target_version_id",
        12: None,
    }


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ('{"chanel_id":["mail"]}', "did you mean channel_id?"),
        ('{"channel_id":"mail"}', "needs a list of texts"),
        ('{"platform":["amazn"]}', "did you mean amazon?"),
        ("[1]", "no JSON object"),
        ("mail", "no JSON object"),
    ],
)
def test_conditions_that_would_hit_every_ticket_are_refused(
    folder: Path, look: Look, conditions: str, says: str
) -> None:
    quoted = conditions.replace('"', '""')
    (folder / "sla_policies.csv").write_text(
        "tenant_id,policy_id,version,layer,name,position,conditions,valid_from,valid_to\n"
        f'acme,p,1,internal,P,1,"{quoted}",2026-01-01,\nacme,q,1,internal,Q,1,{{}},2026-02-01,2026-01-01\n'
    )
    seen = look()
    assert seen.rows("sla_policies") == []
    (_, line, column, reason), (_, second, period, order) = seen.refused("sla_policies")
    assert (line, column, second, period) == (2, "conditions", 3, "valid_to")
    assert says in reason
    assert "not after valid_from" in order


def test_a_refused_rule_comes_back_when_it_is_repaired(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    (landing / "sla_targets.csv").write_text(targets(("t1", "1h")))
    load()
    assert query(tmp_path, "select count(*) from raw_landing.sla_targets") == [(0,)]
    (landing / "sla_targets.csv").write_text(targets(("t1", 3600)))
    load()
    assert query(tmp_path, "select target_seconds from raw_landing.sla_targets") == [(3600,)]
    assert query(tmp_path, "select count(*) from raw_landing.quarantined_records") == [(0,)]


def test_the_later_file_and_the_later_line_win(folder: Path, look: Look) -> None:
    (folder / "tickets.2026-W41.csv").write_text(
        csv_of(*[ticket(f"k{i}", status="solved") for i in range(8)])
    )
    (folder / "tickets.2026-W40.csv").write_text(csv_of(*[ticket(f"k{i}") for i in range(9)]))
    seen = look()
    assert seen.values("status") == {f"k{i}": "solved" for i in range(8)} | {"k8": "open"}
    assert seen.refused() == []


def test_two_rows_of_one_key_in_one_file_are_named(folder: Path, look: Look) -> None:
    rows = [ticket("k"), ticket("same"), ticket("k", status="solved"), ticket("same")]
    (folder / "tickets.csv").write_text(csv_of(*rows))
    seen = look()
    assert seen.values("status") == {"k": "solved", "same": "open"}
    ((_, line, column, reason),) = seen.refused()
    assert (line, column) == (2, "ticket_id")
    assert "line 4 has the same key but other values" in reason


def test_a_tie_of_source_updated_at_that_changes_a_value_is_named(folder: Path, look: Look) -> None:
    at = "2026-10-02T00:00:00Z"
    (folder / "tickets_2026-09.csv").write_text(csv_of(ticket("k", source_updated_at=at)))
    (folder / "tickets_2026-10.csv").write_text(
        csv_of(ticket("k", status="solved", source_updated_at=at))
    )
    seen = look()
    assert seen.values("status") == {"k": "solved"}
    ((file, _, _, reason),) = seen.refused()
    assert file == "tickets_2026-09.csv"
    assert "tickets_2026-10.csv line 2 has the same key and source_updated_at" in reason


def test_nothing_goes_back_behind_what_is_stored(tmp_path: Path, landing: Path, load: Load) -> None:
    new = ticket("k", status="solved", source_updated_at="2026-10-03T00:00:00Z")
    old = ticket("k", source_updated_at="2026-10-02T00:00:00Z")
    (landing / "tickets.new.csv").write_text(csv_of(new))
    (landing / "messages_2026-10.csv").write_text(csv_of(message("2026-10-05T00:00:00Z")))
    load()
    (landing / "tickets.new.csv").unlink()
    (landing / "messages_2026-10.csv").unlink()
    (landing / "tickets.old.csv").write_text(csv_of(old))
    (landing / "messages_2026-09.csv").write_text(csv_of(message("2026-09-05T00:00:00Z")))
    load()
    assert query(tmp_path, "select status, source_updated_at from raw_landing.tickets") == [
        ("solved", datetime(2026, 10, 3, tzinfo=UTC))
    ]
    assert query(tmp_path, "select sent_at from raw_landing.messages") == [
        (datetime(2026, 10, 5, tzinfo=UTC),)
    ]
    ((notes,),) = query(
        tmp_path, "select notes from raw_landing.landing_files where table_name = 'tickets'"
    )
    assert "1 row of tickets: older than what is stored, left out" in notes


def message(sent_at: str) -> dict[str, Any]:
    """A synthetic message without source_updated_at."""
    return {
        "tenant_id": "acme",
        "source_system": "desk",
        "message_id": "m",
        "ticket_id": "k",
        "sent_at": sent_at,
        "direction": "inbound",
        "visibility": "public",
        "author_role": "customer",
        "is_automated": "false",
    }


def test_unchanged_files_are_not_read_again_and_keep_their_refusals(
    tmp_path: Path, landing: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingestion.sources.landing import folder as module

    (landing / "tickets.csv").write_text(csv_of(ticket("k"), ticket("bad", status="frozen")))
    (landing / "agents.csv").write_text(agents(("501", "false"), ("502", "flase")))
    load()
    before = query(tmp_path, "select * from raw_landing.quarantined_records order by all")
    reads: list[str] = []
    original = module.read_content
    monkeypatch.setattr(
        module,
        "read_content",
        lambda found, *rest: reads.append(found.name) or original(found, *rest),
    )
    assert sum(load().rows.values()) == 0
    assert reads == []
    assert query(tmp_path, "select * from raw_landing.quarantined_records order by all") == before
    kept = (tmp_path / "home" / "quarantine" / "landing" / "tickets.jsonl").read_text()
    assert '"frozen"' in kept
    (landing / "agents.csv").write_text(agents(("501", "false")))
    load()
    assert reads == ["agents.csv"]
    assert query(tmp_path, "select agent_id from raw_landing.agents") == [("501",)]


def test_a_touched_file_with_the_same_rows_changes_no_row(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    file = landing / "tickets.csv"
    file.write_text(csv_of(ticket("k")))
    load()
    later = file.stat().st_mtime + 86_400
    os.utime(file, (later, later))
    assert load().rows.get("tickets", 0) == 0


def test_refused_content_is_protected_and_never_published(
    tmp_path: Path, landing: Path, load: Load
) -> None:
    secret = "anna.rossi@example.org wants her money back"
    (landing / "tickets.csv").write_text(
        csv_of(ticket("k", status=secret), ticket(secret, created_at=secret))
    )
    load()
    warehouse = (tmp_path / "home" / "warehouse.duckdb").read_bytes()
    assert b"anna.rossi" not in warehouse
    path = tmp_path / "home" / "quarantine" / "landing" / "tickets.jsonl"
    assert secret in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_floods_are_bounded_and_counted(
    folder: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_LANDING_MAX_REFUSALS", "50")
    monkeypatch.setenv("DESKHOUSE_LANDING_MAX_CELL_CHARS", "1000")
    rows = [ticket(f"k{i}", status="frozen") for i in range(500)]
    rows += [ticket("long", channel_id="x" * 2000), ticket("good")]
    (folder / "tickets.csv").write_text(csv_of(*rows) + "garbage\n" * 300)
    seen = look()
    assert list(seen.values("status")) == ["good"]
    assert len(seen.refused()) == 50
    assert seen.folder.reports["tickets.csv"].rows_refused == 801
    assert "751 refused rows beyond" in seen.notes()


def test_a_file_over_the_limit_is_refused_and_the_others_load(
    folder: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    monkeypatch.setenv("DESKHOUSE_LANDING_MAX_FILE_MB", "1")
    monkeypatch.setenv("DESKHOUSE_LANDING_MAX_ROWS", "100")
    (folder / "tickets.a.csv.gz").write_bytes(gzip.compress(b"x" * 3_000_000))
    (folder / "tickets.b.csv").write_text(csv_of(*[ticket(f"k{i}") for i in range(101)]))
    (folder / "tickets.c.csv").write_text(csv_of(ticket("good")))
    seen = look()
    assert list(seen.values("status")) == ["good"]
    reasons = {file: reason for file, _, _, reason in seen.refused()}
    assert "larger than 1 MiB" in reasons["tickets.a.csv.gz"]
    assert "more than 100 rows" in reasons["tickets.b.csv"]


def test_an_agent_is_one_other_person_at_most(folder: Path, look: Look) -> None:
    (folder / "agent_identities.csv").write_text(
        "tenant_id,source_system,agent_id,same_as_agent_id,same_as_system,same_as_tenant_id\n"
        "acme,edesk,1,7,zendesk,\n"
        "acme,edesk,2,2,edesk,\n"
        "acme,edesk,3,3,edesk,acme\n"
        "acme,edesk,4,8,zendesk,\n"
        "acme,edesk,4,9,zendesk,\n"
    )
    seen = look()
    assert {row["agent_id"] for row in seen.rows("agent_identities")} == {"1", "4"}
    refused = {line: reason for _, line, _, reason in seen.refused("agent_identities")}
    assert refused.keys() == {3, 4, 5}
    assert "name the other agent" in refused[3] and "name the other agent" in refused[4]
