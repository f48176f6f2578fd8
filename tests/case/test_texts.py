"""What was written in a case is shown for a reason, when the look-up is on the disk, and nowhere else."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from ingestion.config import IngestionSettings
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.message import Message, utc_text
from ingestion.texts.store import TextStore
from orchestration.case.file import signer_of
from orchestration.cli import app
from orchestration.presenting.publication import publication
from orchestration.settings import read_settings
from tests.conftest import SIMULATED_AS_OF

WHY = "complaint 4711 of the marketplace"
ORDER = "\x1b[31mred\u202e"
BUSY = """
    select tickets.ticket_id, tickets.ticket_key
    from core.dim_tickets as tickets
    inner join core.fct_messages as messages on tickets.ticket_key = messages.ticket_key
    where not tickets.is_merged and messages.source_system = 'zendesk'
    group by all
    having count(*) > 5 and count(*) filter (where messages.author_role = 'agent') > 1
    order by tickets.ticket_id limit 1
"""
MESSAGES = """
    select tenant_id, source_system, message_id, ticket_key, author_role, sent_at from core.fct_messages
    where $1 in (ticket_key, original_ticket_key) order by sent_at, message_id
"""


@pytest.fixture
def home(
    simulated_warehouse: tuple[Path, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    (home / "published" / "marts.duckdb").symlink_to(simulated_warehouse[0])
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    monkeypatch.setenv("DESKHOUSE_TEXTS_RETENTION_DAYS", "365")
    return home


def _ticket(home: Path) -> tuple[str, list[dict[str, Any]]]:
    """A ticket with a conversation, and its messages in order."""
    shown = publication(read_settings({"DESKHOUSE_HOME": str(home)}))
    (ticket,) = shown.rows(BUSY)
    return ticket["ticket_id"], shown.rows(MESSAGES, [ticket["ticket_key"]])


def _said(message: dict[str, Any]) -> str:
    return f"planted {message['message_id']} <b>bold</b>\n\tsecond line {ORDER}"


@pytest.fixture
def kept(home: Path) -> tuple[str, list[dict[str, Any]]]:
    """Every text of the ticket but the last message's is kept."""
    ticket, messages = _ticket(home)
    keeper = TextKeeper(IngestionSettings(home, SIMULATED_AS_OF))
    for one in messages[:-1]:
        identity = (one["tenant_id"], one["source_system"], one["message_id"])
        at = utc_text(one["sent_at"].replace(tzinfo=SIMULATED_AS_OF.tzinfo))
        keeper.keep(Message(*identity, ticket, one["author_role"], at), _said(one))
    keeper.flush()
    return ticket, messages


def _asked(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["case", *words])


def _logged(home: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted((home / "audit").glob("lookups-*.jsonl"))
        for line in path.read_text().splitlines()
    ]


Kept = tuple[str, list[dict[str, Any]]]


def test_texts_stand_in_order_beside_their_messages(home: Path, kept: Kept) -> None:
    ticket, messages = kept
    done = _asked(ticket, "--with-texts", "--reason", WHY)
    assert done.exit_code == 0, done.output
    _, _, told = done.output.partition(f"What was written (looked at because: {WHY})")
    named = re.findall(r"planted (\S+) <b>bold</b>", told)
    assert named == [one["message_id"] for one in messages[:-1]]
    assert told.count("(not kept)") == 1
    assert "\x1b" not in done.output and "\u202e" not in done.output
    (line,) = _logged(home)
    assert line["command"] == f"case {ticket} --with-texts"
    assert line["reason"] == WHY
    assert line["rows"] > len(messages)
    assert line["operator"] and line["user"]
    listed = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["lookups"])
    assert f"(reason: {WHY})" in " ".join(listed.output.split())
    assert "planted" not in listed.output


def test_without_the_option_nothing_is_read(home: Path, kept: Kept, tmp_path: Path) -> None:
    page = tmp_path / "plain.html"
    for done in (_asked(kept[0]), _asked(kept[0], "--html", str(page))):
        assert done.exit_code == 0
        assert "planted" not in done.output
    assert "planted" not in page.read_text()
    assert "What was written" not in page.read_text()


def test_the_page_carries_them_and_its_signature_covers_them(
    home: Path, kept: Kept, tmp_path: Path
) -> None:
    ticket, messages = kept
    page = tmp_path / "case.html"
    done = _asked(ticket, "--with-texts", "--reason", WHY, "--html", str(page))
    assert done.exit_code == 0, done.output
    assert "planted" not in done.output
    content = page.read_bytes()
    text = content.decode()
    cells = [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", text, re.DOTALL)]
    shown = [cell for cell in cells if cell.startswith("planted ")]
    assert len(shown) == len(messages) - 1
    assert all("<b>bold</b>\n" in cell for cell in shown)
    assert "<b>" not in text and "\u202e" not in text and "\x1b" not in text
    assert WHY in text
    assert signer_of(content) is not None
    assert signer_of(content.replace(b"planted", b"planned")) is None
    assert _logged(home)[-1]["command"] == f"case {ticket} (file) --with-texts"


def test_the_look_up_is_on_the_disk_before_any_text_is_decrypted(
    home: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    read = TextStore.texts_of

    def watched(self: TextStore, messages: Any) -> Any:
        seen.append(len(_logged(home)))
        return read(self, messages)

    monkeypatch.setattr(TextStore, "texts_of", watched)
    assert _asked(kept[0], "--with-texts", "--reason", WHY).exit_code == 0
    assert seen == [1]


def test_a_log_that_cannot_be_written_shows_nothing(home: Path, kept: Kept, tmp_path: Path) -> None:
    (home / "audit").write_text("in the way")
    page = tmp_path / "case.html"
    for more in ((), ("--html", str(page))):
        done = _asked(kept[0], "--with-texts", "--reason", WHY, *more)
        assert done.exit_code != 0
        assert "nothing was shown" in done.output.lower()
        assert "planted" not in done.output and kept[1][0]["message_id"] not in done.output
    assert not page.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--with-texts",), "for a reason only"),
        (("--with-texts", "--reason", "  because  "), "for a reason only"),
        (("--reason", WHY), "add --with-texts"),
    ],
)
def test_without_a_reason_nothing_is_shown_or_logged(
    home: Path, kept: Kept, words: tuple[str, ...], says: str
) -> None:
    done = _asked(kept[0], *words)
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())
    assert "planted" not in done.output and "What was owed" not in done.output
    assert _logged(home) == []


def test_no_store_or_another_key_is_said_before_anything_is_logged(
    home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    ticket, _ = _ticket(home)
    done = _asked(ticket, "--with-texts", "--reason", WHY)
    assert done.exit_code == 2 and "No texts of messages are kept" in done.output
    request.getfixturevalue("kept")
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "k" * 40)
    done = _asked(ticket, "--with-texts", "--reason", WHY)
    assert done.exit_code == 1 and "put that one back" in " ".join(done.output.split())
    assert _logged(home) == []


def test_where_names_are_hidden_texts_are_not_shown(
    home: Path, kept: Kept, simulated_warehouse: tuple[Path, Any]
) -> None:
    """A text names who wrote it, and who is answered: one hidden colleague is enough."""
    marts = home / "published" / "marts.duckdb"
    marts.unlink()
    with duckdb.connect(str(marts)) as copy:
        copy.execute(f"attach '{simulated_warehouse[0]}' as other (read_only)")
        for schema, table in copy.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'other' "
            "and (schema_name = 'core' or table_name in ('kpi_monthly', 'reason_root_causes'))"
        ).fetchall():
            copy.execute(f"create schema if not exists {schema}")
            copy.execute(f"create table {schema}.{table} as from other.{schema}.{table}")
        copy.execute(
            "update core.dim_agents set agent_views = 'pseudonymous' where agent_key in"
            " (select author_agent_key from core.fct_messages where message_id in"
            f" {tuple(one['message_id'] for one in kept[1])} and author_agent_key <> 'unowned' limit 1)"
        )
        copy.execute("detach other")
    done = _asked(kept[0], "--with-texts", "--reason", WHY)
    assert done.exit_code == 2
    assert "seed_agent_views.csv hides" in " ".join(done.output.split())
    assert "planted" not in done.output
    assert _logged(home) == []
    assert _asked(kept[0]).exit_code == 0
