"""A look at an unknown export finds how it is written, shows nobody's name, and drafts a profile."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from ingestion.sources.landing.profiles.looking import Look, look_at
from ingestion.sources.landing.profiles.proposing import proposal, tool_name
from ingestion.yaml_lines import YamlFileError
from tests.ingestion.landing.conftest import Seen

FIRST = datetime(2026, 9, 1, 8)  # noqa: DTZ001 - a wall-clock time
NAMES = ["Ada Lovelace", "Béla Bartók", "Charles Babbage", "Çelik Öz"]
HEADER = [
    "Vorgang",
    "Created",
    "Status",
    "Channel",
    "Customer",
    "Handled by",
    "Assignee",
    "Notes",
    "Hours",
]


def export(
    path: Path,
    rows: int = 40,
    template: str = "%d.%m.%Y %H:%M",
    sign: str = ";",
    encoding: str = "utf-8",
) -> Path:
    """Tickets of a made-up tool, with names and texts."""
    chance = random.Random(5)
    lines = [HEADER]
    for number in range(rows):
        made = FIRST + timedelta(hours=17 * number)
        who = chance.choice(NAMES)
        lines.append(
            [
                f"T{number}",
                made.strftime(template),
                chance.choice(["offen", "in Bearbeitung", "gelöst"]),
                chance.choice(["email", "chat"]),
                f"kunde{number}@example.org",
                who.split()[0].lower(),
                who,
                f"bitte {number} zurückrufen",
                f"{number},5",
            ]
        )  # fmt: skip
    path.write_bytes("\r\n".join(sign.join(line) for line in lines).encode(encoding))
    return path


def kinds(look: Look) -> dict[str, str]:
    return {column.name: column.kind for column in look.columns}


def test_columns_are_described_and_no_person_is_shown(tmp_path: Path) -> None:
    look = look_at(export(tmp_path / "liste.csv"))
    assert kinds(look) == {
        "vorgang": "ids",
        "created": "instants",
        "status": "words",
        "channel": "words",
        "customer": "e-mail addresses",
        "handled_by": "words",
        "assignee": "names",
        "notes": "texts",
        "hours": "decimal numbers",
    }
    assert (look.date_order, look.decimal, look.separator) == ("dmy", ",", ";")
    text = proposal(look, "liste")
    told = set(re.findall(r"\w+", text.lower()))
    assert not told & {part for name in NAMES for part in name.lower().split()}
    assert "@example" not in text
    assert "zurückrufen" not in text
    assert "could be names; --show handled_by shows them" in text
    assert "offen (" in text


def test_words_are_shown_where_somebody_asks_for_them(tmp_path: Path) -> None:
    path = export(tmp_path / "liste.csv")
    assert "charles (" in proposal(look_at(path, ["Handled by"]), "liste")
    # a column that names persons by its heading or its values stays closed
    shown = proposal(look_at(path, ["Assignee", "Customer"]), "liste")
    assert "babbage" not in shown.lower()
    assert "@example" not in shown


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.sampled_from(["dmy", "mdy"]),
    mark=st.sampled_from("/.-"),
    sign=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"]),
)
def test_how_an_export_is_written_is_found(
    tmp_path: Path, order: str, mark: str, sign: str, encoding: str
) -> None:
    template = mark.join(("%d", "%m", "%Y") if order == "dmy" else ("%m", "%d", "%Y"))
    # a decimal comma would be a separator of its own
    rows = [
        line.rsplit(";", 1)[0]
        for line in export(tmp_path / "x.csv", template=f"{template} %H:%M")
        .read_text()
        .splitlines()
    ]
    (tmp_path / "x.csv").write_bytes("\n".join(rows).replace(";", sign).encode(encoding))
    look = look_at(tmp_path / "x.csv")
    assert look.date_order == order
    assert look.separator == {"\t": "tab"}.get(sign, sign)
    assert look.encoding == (encoding if encoding in ("utf-16-le", "windows-1252") else None)
    assert kinds(look)["created"] == "instants"
    assert look.bad_lines == 0


def test_what_no_day_tells_is_said(tmp_path: Path) -> None:
    look = look_at(export(tmp_path / "x.csv", rows=10))
    assert look.date_order is None
    assert "10 dates could have day or month first" in " ".join(look.notes)
    both = (
        (tmp_path / "x.csv")
        .read_text()
        .replace("01.09.2026", "31.09.2026", 1)
        .replace("03.09.2026", "09.30.2026", 1)
    )
    (tmp_path / "x.csv").write_text(both)
    assert "dates are written in both orders" in " ".join(look_at(tmp_path / "x.csv").notes)


def test_a_draft_is_refused_until_its_open_points_are_filled_in(
    folder: Path, look: Callable[[], Seen]
) -> None:
    path = export(folder / "liste_2026.csv")
    draft = proposal(look_at(path), tool_name(path.name))
    target = folder / "landing_profiles" / f"{tool_name(path.name)}.yml"
    target.parent.mkdir()
    target.write_text(
        draft.replace("gelöst: solved", "gelöst: TODO").replace(
            '"gelöst": solved', '"gelöst": TODO'
        )
    )
    with pytest.raises(YamlFileError, match="the word 'TODO' cannot stand there"):
        look()
    target.write_text(draft)
    seen = look()
    assert len(seen.rows()) == 40
    assert set(seen.values("status").values()) == {"open", "solved"}
    assert seen.values("created_at")["T0"].isoformat() == "2026-09-01T08:00:00+00:00"
    assert not seen.refused()


def test_a_draft_of_a_log_makes_one_row_of_a_conversation(
    folder: Path, look: Callable[[], Seen]
) -> None:
    lines = ["Entry,Time,Action,Conversation,Network,Author"]
    for number in range(30):
        at = (FIRST + timedelta(hours=number)).isoformat()
        action = ["comment received", "reply", "closed"][number % 3]
        lines.append(f"E{number},{at}Z,{action},V{number // 3},vk,fan{number // 3}")
    (folder / "log.csv").write_text("\n".join(lines))
    draft = proposal(look_at(folder / "log.csv"), "log")
    assert "# - table: ticket_events, when: {action: [closed]}" in draft
    (folder / "landing_profiles").mkdir()
    todo = (
        "      # TODO status: one of new, open, pending, on_hold, solved, closed, spam, deleted\n"
    )
    assert todo in draft
    (folder / "landing_profiles" / "log.yml").write_text(
        draft.replace(todo, "      status: =open\n")
    )
    assert len(look().rows()) == 10


def test_what_cannot_be_looked_at_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no file"):
        look_at(tmp_path / "nothing.csv")
    with pytest.raises(ConfigurationError, match="is a folder; name one file in it"):
        look_at(tmp_path)
    (tmp_path / "x.pdf").write_text("x")
    with pytest.raises(ConfigurationError, match="its ending is none of"):
        look_at(tmp_path / "x.pdf")
    (tmp_path / "x.xlsx").write_text("x")
    with pytest.raises(ConfigurationError, match=r"cannot be read: the file is no .xlsx workbook"):
        look_at(tmp_path / "x.xlsx")
