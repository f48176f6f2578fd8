"""Encodings, separators, quotes, JSON: what can be read is read, and a bad line costs itself."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.sources.landing.decoding import Text, decode
from ingestion.sources.landing.delimited import read_delimited
from ingestion.sources.landing.limits import Limits
from tests.ingestion.landing.conftest import COLUMNS, Seen, csv_of, ticket

Look = Callable[[], Seen]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_by_their_mark_and_separators_by_the_header(
    folder: Path, look: Look, encoding: str, separator: str, line_end: str
) -> None:
    text = csv_of(ticket("k1", channel_id="Größe"), ticket("k2"), separator=separator)
    (folder / "tickets.csv").write_bytes(text.replace("\n", line_end).encode(encoding))
    assert look().values("channel_id") == {"k1": "Größe", "k2": "mail"}


def test_utf16_without_a_mark_is_named_with_the_remedy(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_bytes(csv_of(ticket()).encode("utf-16-le"))
    seen = look()
    assert seen.folder.reports["tickets.csv"].is_lost
    assert "UTF-16" in seen.refused()[0][3]
    assert "encoding: utf-16-le" in seen.refused()[0][3]


def test_one_byte_of_another_encoding_costs_its_line(folder: Path, look: Look) -> None:
    text = csv_of(ticket("k1"), ticket("k2", channel_id="caf\u00e9"), ticket("k3"))
    (folder / "tickets.csv").write_bytes(text.encode("latin-1"))
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k3"]
    ((_, line, _, reason),) = seen.refused()
    assert line == 3
    assert "not UTF-8" in reason
    assert "Windows-1252" in reason


def test_the_encoding_can_be_set(folder: Path, look: Look) -> None:
    text = csv_of(ticket("k1", channel_id="caf\u00e9"))
    (folder / "tickets.csv").write_bytes(text.encode("windows-1252"))
    (folder / "landing.yml").write_text('files: {"tickets*": {encoding: windows-1252}}\n')
    assert look().values("channel_id") == {"k1": "caf\u00e9"}


@pytest.mark.parametrize(
    "broken",
    [
        'acme,desk,bad,2026-10-01T09:00:00Z,customer,inbound,mail,"buyer1,open',
        'acme,desk,bad,2026-10-01T09:00:00Z,customer,inbound,mail,"buyer"1,open',
        "acme,desk,bad,2026-10-01T09:00:00Z,customer,inbound,mail,buy\rer1,open",
        "acme,desk,bad",
        "acme,desk,bad,2026-10-01T09:00:00Z,customer,inbound,mail,buyer1,open,more",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_broken_line_costs_itself_wherever_it_stands(
    folder: Path, look: Look, broken: str, place: int
) -> None:
    lines = csv_of(ticket("k1"), ticket("k2")).splitlines()
    lines.insert(place, broken)
    (folder / "tickets.csv").write_bytes("\n".join(lines).encode())
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k2"]
    assert [line for _, line, _, _ in seen.refused()] == [place + 1]


def test_a_quote_inside_an_unquoted_cell_is_a_letter(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_text(csv_of(ticket("k1", channel_id='screen 5"')))
    assert look().values("channel_id") == {"k1": 'screen 5"'}


def test_cells_over_several_lines_are_one_cell(folder: Path, look: Look) -> None:
    head, row = csv_of(ticket("k1") | {"note": '"first\nsecond, third\n""quoted"""'}).split("\n", 1)
    (folder / "tickets.csv").write_text(
        f"{head}\n{row}" + csv_of(ticket("k2") | {"note": "x"}).split("\n", 1)[1]
    )
    assert sorted(look().values("status")) == ["k1", "k2"]
    assert look().refused() == []


def test_headers_are_forgiven_case_blanks_and_empty_columns(folder: Path, look: Look) -> None:
    header = ",".join(name.replace("_", " ").title() for name in COLUMNS)
    rows = csv_of(ticket("k1")).splitlines()[1:]
    (folder / "tickets.csv").write_text(f" {header},,\n{rows[0]},,\n")
    seen = look()
    assert list(seen.values("status")) == ["k1"]
    assert seen.refused() == []


def test_unknown_columns_are_named_with_the_nearest(folder: Path, look: Look) -> None:
    (folder / "tickets.csv").write_text(csv_of(ticket("k1") | {"asignee_id": "7", "colour": "red"}))
    seen = look()
    assert list(seen.values("status")) == ["k1"]
    assert (
        "asignee_id is not in the contract and is ignored; did you mean assignee_id?"
        in seen.notes()
    )
    assert "colour is not in the contract" in seen.notes()


def test_a_missing_column_names_the_one_that_may_be_meant(folder: Path, look: Look) -> None:
    row = ticket("k1")
    row["createdat"] = row.pop("created_at")
    (folder / "tickets.csv").write_text(csv_of(row))
    ((_, line, column, reason),) = look().refused()
    assert (line, column) == (0, "created_at")
    assert "is createdat meant?" in reason


def test_json_in_every_form_people_write(folder: Path, look: Look) -> None:
    records = [ticket(f"k{i}") for i in range(3)]
    (folder / "tickets.a.jsonl").write_bytes(
        b"\xef\xbb\xbf" + "\n".join(map(json.dumps, records[:1])).encode()
    )
    (folder / "tickets.b.json").write_text(json.dumps(records[1:2], indent=2))
    (folder / "tickets.c.jsonl").write_text(json.dumps(records[2:]))
    seen = look()
    assert sorted(seen.values("status")) == ["k0", "k1", "k2"]
    assert "one JSON list" in seen.notes("tickets.c.jsonl")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{}{}", "two objects stand on one line"),
        ('{"a": 1} x', "something stands behind the object"),
        ('{"a": ', "the line is no JSON"),
        ("[1]", "no JSON object"),
        ('{"ticket_id": NAN}', "the line is no JSON"),
    ],
)
def test_bad_json_lines_are_named(folder: Path, look: Look, line: str, says: str) -> None:
    good = json.dumps(ticket("k1"))
    (folder / "tickets.jsonl").write_text(f"{good}\n{line}\n{json.dumps(ticket('k2'))}\n")
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k2"]
    ((_, number, _, reason),) = seen.refused()
    assert number == 2
    assert says in reason


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_no_number_of_python_is_nothing_and_infinity_costs_its_row(
    folder: Path, look: Look, ending: str
) -> None:
    """``json.dumps`` writes both, which JSON has no word for."""
    rows = [
        ticket("k1", team_id=float("nan")),
        ticket("k2", due_by_source=float("inf")),
        ticket("k3"),
    ]
    text = json.dumps(rows) if ending == "json" else "\n".join(map(json.dumps, rows))
    (folder / f"tickets.{ending}").write_text(text)
    seen = look()
    assert seen.values("team_id") == {"k1": None, "k3": None}
    assert [column for _, _, column, _ in seen.refused()] == ["due_by_source"]


def test_a_json_list_that_breaks_off_is_lost_with_its_line(folder: Path, look: Look) -> None:
    text = json.dumps([ticket("k1"), ticket("k2")], indent=1)
    (folder / "tickets.json").write_text(text[: len(text) - 40])
    seen = look()
    assert seen.rows() == []
    assert seen.folder.reports["tickets.json"].is_lost
    assert "line " in seen.refused()[0][3]


_CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cs"]),
    max_size=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=8),
    separator=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_csv_writer_quotes_is_read_as_it_was(
    rows: list[tuple[str, str, str]], separator: str, line_end: str, encoding: str
) -> None:
    """Any text without line breaks survives; rows of nothing but blanks are no rows."""
    rows = [tuple(cell.replace("\n", " ") for cell in row) for row in rows]  # type: ignore[misc]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["ticket_id", "status", "origin"])
    writer.writerows(rows)
    content = read_delimited(
        decode(out.getvalue().encode(encoding), None), ["ticket_id", "status"], None, Limits()
    )
    found = [row for batch in content.batches for row in zip(*batch.columns.values(), strict=True)]
    assert found == rows
    assert content.bad_lines == []


@settings(max_examples=150, deadline=None)
@given(
    place=st.integers(0, 6),
    cut=st.integers(0, 30),
    noise=st.sampled_from(['"', 'x"y', '"x"y', 'x""', '"']),
)
def test_a_stray_quote_anywhere_costs_at_most_its_own_line(
    place: int, cut: int, noise: str
) -> None:
    lines = ["ticket_id,status,origin", *[f"k{i},open,inbound" for i in range(7)]]
    line = lines[place + 1]
    lines[place + 1] = line[:cut] + noise + line[cut:]
    content = read_delimited(Text(lines, "UTF-8"), ["ticket_id"], None, Limits())
    found = {
        row[0] for batch in content.batches for row in zip(*batch.columns.values(), strict=True)
    }
    assert {f"k{i}" for i in range(7) if i != place} <= found
    assert {bad.line for bad in content.bad_lines} <= {place + 2}


def test_the_header_of_a_second_file_is_no_tenant(folder: Path, look: Look) -> None:
    header = "tenant_id,source_system,team_id,name\n"
    text = f"{header}acme,desk,t1,Mail\n\ufeff{header}acme,desk,t2,Phone\n"
    (folder / "teams.csv").write_text(text, encoding="utf-8")
    seen = look()
    assert sorted(seen.values("tenant_id", "teams", "team_id").items()) == [
        ("t1", "acme"),
        ("t2", "acme"),
    ]
    assert "line 3 is the header again" in seen.notes("teams.csv")


def test_pages_of_json_lists_one_behind_the_other(folder: Path, look: Look) -> None:
    pages = [[ticket("k1"), ticket("k2")], [], [ticket("k3")]]
    (folder / "tickets.json").write_text("\n".join(json.dumps(page) for page in pages) + "\n")
    assert sorted(look().values("status")) == ["k1", "k2", "k3"]


def test_anything_else_behind_a_json_list_is_named(folder: Path, look: Look) -> None:
    (folder / "tickets.json").write_text(json.dumps([ticket("k1")]) + "\nError 500\n")
    assert "line 2: the JSON list breaks off or is damaged" in look().refused()[0][3]


@pytest.mark.parametrize("form", ["tickets.jsonl", "tickets.json"])
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (',"status":"solved"', "a key stands in the object twice"),
        (',"Status":"solved"', "a key stands in the object twice"),
        (',"assignee_id":"\\ud83d"', "half a letter"),
        (',"units":1.5,"assignee_id":"\\uDE00x"', "half a letter"),
    ],
)
def test_keys_twice_and_half_letters_cost_their_object(
    folder: Path, look: Look, form: str, more: str, says: str
) -> None:
    objects = [json.dumps(ticket("k1")), json.dumps(ticket("k2"))[:-1] + more + "}"]
    objects.append(json.dumps(ticket("k3", language="\U0001f600")))
    is_list = form == "tickets.json"
    text = "[" + ",\n".join(objects) + "]" if is_list else "\n".join(objects) + "\n"
    (folder / form).write_text(text)
    seen = look()
    assert seen.values("language") == {"k1": None, "k3": "\U0001f600"}
    ((_, line, _, reason),) = seen.refused()
    assert line == 2
    assert says in reason


def test_half_letters_inside_a_json_cell_are_refused(folder: Path, look: Look) -> None:
    text = csv_of(ticket("k1") | {"tag_ids": '["\\ud800"]'}, separator="\t")
    (folder / "tickets.tsv").write_text(text)
    assert [(line, column) for _, line, column, _ in look().refused()] == [(2, "tag_ids")]


def test_a_letter_cut_in_two_costs_its_line_in_utf16(folder: Path, look: Look) -> None:
    text = csv_of(ticket("k1"), ticket("k2", channel_id="\ud83d"), ticket("k3"))
    (folder / "tickets.csv").write_bytes(text.encode("utf-16", "surrogatepass") + b"x")
    seen = look()
    assert sorted(seen.values("status")) == ["k1", "k3"]
    assert [line for _, line, _, _ in seen.refused()] == [3, 5]


def test_a_utf8_file_is_not_read_in_another_encoding_by_an_old_setting(
    folder: Path, look: Look
) -> None:
    (folder / "tickets.csv").write_text(csv_of(ticket(channel_id="Größe")), encoding="utf-8")
    (folder / "landing.yml").write_text("defaults: {encoding: windows-1252}\n")
    seen = look()
    assert seen.rows() == []
    assert "but the file is UTF-8" in seen.refused()[0][3]


def test_a_file_without_header_is_not_quoted(folder: Path, look: Look) -> None:
    (folder / "agents.csv").write_text("acme,jane@example.com,jane@example.com\n")
    ((_, _, _, reason),) = look().refused("agents")
    assert "columns 2 and 3 of the header have the same name" in reason
    assert "jane" not in reason


def test_keys_without_end_refuse_the_file(folder: Path, look: Look) -> None:
    lines = [json.dumps(ticket(f"k{n}") | {f"field{n}": 1}) for n in range(1_100)]
    (folder / "tickets.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "orders.csv").write_text(",".join(f"c{n}" for n in range(1_100)) + "\n")
    seen = look()
    assert "more than 1,000 different columns" in seen.refused()[0][3]
    assert "more than 1,000 different columns" in seen.refused("orders")[0][3]


def test_gzip_twice_and_a_header_with_a_carriage_return_say_so(folder: Path, look: Look) -> None:
    whole = csv_of(ticket()).encode()
    (folder / "tickets.csv.gz").write_bytes(gzip.compress(gzip.compress(whole)))
    (folder / "agents.csv").write_bytes(b"tenant_id,source_system\racme,desk\n")
    seen = look()
    assert "gzipped twice" in seen.refused()[0][3]
    assert "carriage return stands inside the header" in seen.refused("agents")[0][3]
