"""A story says what the facts say, in the terminal and in the file, and the look at it is logged before it is shown."""

import json
import os
import re
from html import unescape
from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError
from orchestration.case.file import html_of, signer_of, write_signed
from orchestration.case.story import stories
from orchestration.case.telling import told
from orchestration.cli import app
from orchestration.ledger.keys import Signer
from orchestration.presenting.publication import publication
from orchestration.publishing import EVIDENCE_FILE
from orchestration.settings import read_settings


@pytest.fixture(scope="module")
def home(simulated_warehouse, tmp_path_factory) -> Path:
    """A home that publishes the simulated seller's marts, with the private copy beside them."""
    home = tmp_path_factory.mktemp("case")
    folder = home / "published"
    (folder / EVIDENCE_FILE).parent.mkdir(parents=True)
    for path in (folder / "marts.duckdb", folder / EVIDENCE_FILE):
        os.link(simulated_warehouse[0], path)
    return home


@pytest.fixture
def shown(home, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path_factory.mktemp("keys")))
    return publication(read_settings({"DESKHOUSE_HOME": str(home)}))


BUSY = """
    select tickets.ticket_id, tickets.ticket_key
    from core.dim_tickets as tickets
    where not tickets.is_merged
        and ticket_key in (select ticket_key from core.fct_response_obligations group by 1 having count(*) > 1)
        and ticket_key in (select ticket_key from core.fct_resolution_cycles group by 1 having count(*) > 1)
        and ticket_key in (select ticket_key from core.fct_satisfaction_responses)
    order by tickets.ticket_id limit 5
"""


def test_a_story_holds_every_fact_of_the_ticket(shown):
    tickets = shown.rows(BUSY)
    assert tickets
    for ticket in tickets:
        (story,) = stories(shown, ticket["ticket_id"])
        key = ticket["ticket_key"]
        for rows, table in (
            (story.turns, "fct_response_obligations"),
            (story.cycles, "fct_resolution_cycles"),
        ):
            assert len(rows) == shown.one(
                f"select count(*) from core.{table} where ticket_key = ?", [key]
            )
        counted = shown.one(
            """
            with facts as (
                select ticket_key, original_ticket_key from core.fct_messages
                union all
                select ticket_key, original_ticket_key from core.fct_messages where deleted_at is not null
                    and message_key not in (
                        select message_key from core.fct_ticket_events where event_type = 'message_deleted'
                    )
                union all
                select ticket_key, original_ticket_key from core.fct_ticket_events
                union all
                select ticket_key, original_ticket_key from core.fct_satisfaction_responses
                union all
                select ticket_key, original_ticket_key from core.fct_qa_reviews
            )
            select count(*) from facts where $1 in (ticket_key, original_ticket_key)
            """,
            [key],
        )
        assert len(story.happened) == counted
        instants = [one["at"] for one in story.happened]
        assert instants == sorted(instants)


COSTLY = """
    select tickets.ticket_id, tickets.ticket_key, tickets.order_key
    from core.dim_tickets as tickets
    inner join canonical.order_defects as defects using (order_key)
    inner join intermediate.int_handle_sessions as work using (ticket_key)
    where not tickets.is_merged
    group by all
    order by count(distinct session_key) desc, 1
    limit 3
"""


def test_a_story_tells_what_it_cost_and_the_defects_of_its_order(shown):
    tickets = shown.rows(COSTLY)
    assert tickets
    for ticket in tickets:
        (story,) = stories(shown, ticket["ticket_id"])
        key = ticket["ticket_key"]
        spent = shown.rows(
            "select sum(handle_s) as seconds, count(*) as sessions from intermediate.int_handle_sessions "
            "where ticket_key = ?",
            [key],
        )[0]
        assert (story.handled_s, len(story.work)) == (spent["seconds"], spent["sessions"])
        by_turn = [story.handling(turn) for turn in story.turns]
        assert sum(spent[0] for spent in by_turn if spent) <= story.handled_s
        for rows, query in (
            (story.defects, "select defect_key from canonical.order_defects where order_key = ?"),
            (story.orders, "select order_key from canonical.orders where order_key = ?"),
        ):
            assert len(rows) == len(shown.rows(query, [ticket["order_key"]])) > 0
        assert len(story.reviews) == shown.one(
            "select count(*) from core.fct_qa_reviews where $1 in (ticket_key, original_ticket_key)",
            [key],
        )
        sections = {section.title: section.rows for section in told(story)[1]}
        assert len(sections["Defects of the order"]) == len(story.defects)
        assert len(sections["What it cost in time"]) == len(story.work)
        assert len(sections["How it was reviewed"]) == len(story.reviews)
        assert len(sections["What the customer said of it"]) >= len(story.surveys)


def test_a_merged_ticket_has_its_own_holders_and_its_own_work(shown):
    merged = shown.rows(
        "select ticket_id, ticket_key from core.dim_tickets where is_merged and ticket_key in "
        "(select original_ticket_key from core.fct_response_obligations "
        "where ticket_key <> original_ticket_key) limit 3"
    )
    assert merged
    for ticket in merged:
        (story,) = stories(shown, ticket["ticket_id"])
        turns = {turn["obligation_key"] for turn in story.turns}
        assert turns and story.holders
        assert {part["obligation_key"] for part in story.holders} <= turns


def test_without_the_private_copy_nobody_knows_and_it_is_said(simulated_warehouse, tmp_path, shown):
    (tmp_path / "published").mkdir()
    os.link(simulated_warehouse[0], tmp_path / "published" / "marts.duckdb")
    bare = publication(read_settings({"DESKHOUSE_HOME": str(tmp_path)}))
    (story,) = stories(bare, shown.rows(COSTLY)[0]["ticket_id"])
    notes = {section.title: section.note for section in told(story)[1] if not section.rows}
    assert "private copy" in notes["The order"] and "private copy" in notes["What it cost in time"]


def test_terminal_and_file_say_the_same(shown, home, tmp_path, monkeypatch):
    # wide enough for every cell to stand in one line
    monkeypatch.setattr("orchestration.terminal.PIPE_COLUMNS", 800)
    ticket = shown.rows(BUSY)[0]["ticket_id"]
    runner = CliRunner(env={"COLUMNS": "400"})
    printed = runner.invoke(app, ["case", ticket])
    assert printed.exit_code == 0, printed.output
    page = tmp_path / "case.html"
    written = runner.invoke(app, ["case", ticket, "--html", str(page)])
    assert written.exit_code == 0, written.output
    text = page.read_text()
    assert "http" not in re.sub(r'charset="[^"]*"', "", text)
    cells = [unescape(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text)]
    (story,) = stories(shown, ticket)
    head, sections = told(story)
    for section in sections:
        assert section.title in text and section.title in printed.output
        for row in section.rows:
            for cell in row:
                assert cell in cells
                assert " ".join(cell.split()) in " ".join(printed.output.split())
    assert dict(head)["ticket"] == ticket
    lines = [
        json.loads(line)
        for path in sorted((home / "audit").glob("lookups-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    assert [line["command"] for line in lines[-2:]] == [f"case {ticket}", f"case {ticket} (file)"]


def test_the_file_is_signed_and_a_changed_one_is_not(shown, tmp_path):
    ticket = shown.rows(BUSY)[0]["ticket_id"]
    page = tmp_path / "case.html"
    assert CliRunner().invoke(app, ["case", ticket, "--html", str(page)]).exit_code == 0
    assert list(tmp_path.iterdir()) == [page], "one file is handed over"
    content = page.read_bytes()
    said = CliRunner().invoke(app, ["case", "--check", str(page)])
    assert said.exit_code == 0 and "signed with the key of this home" in " ".join(
        said.output.split()
    )
    made = html_of(stories(shown, ticket))
    assert content.startswith(made), "the same publication gives the same bytes"
    other = Signer(Ed25519PrivateKey.generate())
    write_signed(page, made, other)
    assert signer_of(page.read_bytes()) == other.public
    for changed in (content[1:], content + b" ", content.replace(b"</html>", b"<p></html>"), made):
        assert signer_of(changed) is None
        page.write_bytes(changed)
        refused = CliRunner().invoke(app, ["case", "--check", str(page)])
        assert refused.exit_code != 0 and "bears no signature that fits it" in " ".join(
            refused.output.split()
        )


def test_an_unknown_ticket_or_tenant_is_said(shown):
    with pytest.raises(ConfigurationError, match="No ticket 0-0 is published"):
        stories(shown, "0-0")
    with pytest.raises(ConfigurationError, match="no tenant nobody"):
        stories(shown, "0-0", "nobody")


def test_names_that_a_legal_entity_hides_are_not_shown(simulated_warehouse, shown, tmp_path):
    ticket = shown.rows(BUSY)[0]["ticket_id"]
    (story,) = stories(shown, ticket)
    named = [key for key in story.persons() if story.names.get(key)]
    assert named
    hidden = tmp_path / "published" / "marts.duckdb"
    hidden.parent.mkdir()
    with duckdb.connect(str(hidden)) as copy:
        copy.execute(f"attach '{simulated_warehouse[0]}' as other (read_only)")
        for schema, table in copy.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'other' "
            "and (schema_name = 'core' or table_name in ('kpi_monthly', 'reason_root_causes'))"
        ).fetchall():
            copy.execute(f"create schema if not exists {schema}")
            copy.execute(f"create table {schema}.{table} as from other.{schema}.{table}")
        copy.execute("update core.dim_agents set display_name = null")
        copy.execute("detach other")
    (pseudonymous,) = stories(publication(read_settings({"DESKHOUSE_HOME": str(tmp_path)})), ticket)
    text = str(told(pseudonymous))
    for key in named:
        assert story.names[key] not in text
