"""A profile reads another tool's export: which file, which rows, what is refused, and when it is read anew."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from ingestion.sources.landing.folder_settings import WRITTEN_FIELDS
from ingestion.sources.landing.profiles import reading, value_reading
from ingestion.sources.landing.profiles.shelf import shipped_profiles
from tests.ingestion.landing.conftest import Load, Seen, query

Look = Callable[[], Seen]
PROFILE = """
files: ["desk_export*"]
source_system: desk
tenant_id: acme
personal: [Buyer]
dropped: [Buyer name]
optional: [Labels]
rows:
  - table: tickets
    columns:
      ticket_id: No
      created_at: Opened
      created_by_role: =customer
      origin: =inbound
      channel_id: {join: [=mail, Box]}
      customer_ref: Buyer
      status: {column: State, words: {active: open, done: solved, "": new}}
      tag_ids: {column: Labels, split: "/"}
  - table: ticket_events
    when: {State: [done], Finished: filled}
    columns:
      event_id: {join: [No, =done], with: "/"}
      ticket_id: No
      event_type: =status_change
      to_value: =solved
      actor_role: =unknown
      occurred_at: Finished
left_out:
  - {State: [draft]}
"""
HEADER = "No;Opened;Box;Buyer;Buyer name;State;Finished"
ROW = "1;2026-10-01T09:00:00Z;a;x@example.org;Xenia;Active;"


def shelve(folder: Path, text: str = PROFILE, name: str = "desk") -> Path:
    """A profile beside the files."""
    target = folder / "landing_profiles" / f"{name}.yml"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text)
    return target


def export(folder: Path, *rows: str, header: str = HEADER, name: str = "desk_export.csv") -> Path:
    """An export of the made-up desk."""
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def test_one_row_becomes_rows_of_several_tables(folder: Path, look: Look) -> None:
    shelve(folder)
    done = "2;2026-10-01T10:00:00Z;b;y@example.org;Yves;DONE;2026-10-02T10:00:00Z;late/ new//late"
    export(folder, ROW + ";", done, header=HEADER + ";Labels")
    seen = look()
    assert seen.values("status") == {"1": "open", "2": "solved"}
    assert seen.values("channel_id") == {"1": "mail-a", "2": "mail-b"}
    assert seen.values("tag_ids") == {"1": None, "2": '["late","new"]'}
    (event,) = seen.rows("ticket_events")
    assert (event["event_id"], event["ticket_id"], event["to_value"]) == ("2/done", "2", "solved")
    assert event["occurred_at"] == datetime(2026, 10, 2, 10, tzinfo=UTC)
    assert {row["tenant_id"] for row in seen.rows()} == {"acme"}
    refs = seen.values("customer_ref")
    assert not [ref for ref in refs.values() if "example" in ref]


def test_a_refused_row_is_named_by_the_columns_of_the_export(folder: Path, look: Look) -> None:
    shelve(folder)
    export(
        folder, ROW, ROW.replace("1;", "2;", 1).replace("Active", "actve"), "3;soon;a;x;X;active;"
    )
    refused = look().refused()
    assert [(file, line, column) for file, line, column, _ in refused] == [
        ("desk_export.csv", 3, "State"),
        ("desk_export.csv", 4, "Opened"),
    ]
    assert "none of the words that the profile knows (active, done)" in refused[0][3]
    assert "is it a spelling of active?" in refused[0][3]
    assert "actve" not in refused[0][3]


def test_words_and_dropped_columns_do_not_reach_the_quarantine(folder: Path, look: Look) -> None:
    shelve(folder)
    export(folder, "1;soon;a;x@example.org;Xenia Q;active;")
    (refusal,) = look().folder.news("tickets").refusals
    assert refusal.content is not None
    assert "Xenia" not in str(refusal.content)
    assert refusal.content["created_at"] == "soon"


def test_rows_that_no_rule_speaks_of_are_refused_and_those_left_out_are_counted(
    folder: Path, look: Look
) -> None:
    head = PROFILE[: PROFILE.index("  - table: tickets")]
    for line in ("personal: [Buyer]", "optional: [Labels]"):
        head = head.replace(f"{line}\n", "")
    events = PROFILE[PROFILE.index("  - table: ticket_events") :]
    shelve(folder, head + events)
    export(
        folder,
        "1;2026-10-01;a;x;X;done;2026-10-02T10:00:00Z",
        "2;2026-10-01;a;x;X;active;",
        "3;2026-10-01;a;x;X;draft;",
    )
    seen = look()
    ((_, line, column, reason),) = seen.refused("ticket_events")
    assert (line, column) == (3, "State")
    assert "no rule of the profile desk speaks of what stands in State, Finished" in reason
    notes = seen.notes("desk_export.csv (ticket_events)")
    assert "1 row left out as the profile desk says" in notes
    assert "does not use the columns opened, box, buyer; what stands there is not kept" in notes


def test_a_column_that_is_missing_costs_the_file(folder: Path, look: Look) -> None:
    shelve(folder)
    export(folder, "1;2026-10-01;a;x;X", header="No;Opend;Box;Buyer;State")
    report = look().folder.reports["desk_export.csv (tickets)"]
    assert report.is_lost
    assert report.reason is not None
    assert (
        "lacks the column Opened, Finished that the profile desk reads; is opend meant?"
        in report.reason
    )


def test_a_file_that_two_profiles_would_read_is_read_by_none_until_one_is_named(
    folder: Path, look: Look
) -> None:
    shelve(folder)
    shelve(
        folder,
        PROFILE.replace("desk_export*", "*export*").replace(
            "source_system: desk", "source_system: other"
        ),
        "other",
    )
    export(folder, ROW)
    (ignored,) = look().folder.unread
    assert "the profiles desk and other both read files of this name" in ignored.reason
    (folder / "landing.yml").write_text(
        'files: {"desk_export.csv": {profile: other, tenant_id: beta}}\n'
    )
    seen = look()
    assert not seen.folder.unread
    assert [(row["tenant_id"], row["source_system"]) for row in seen.rows()] == [("beta", "other")]


def test_a_canonical_name_wins_unless_a_profile_is_named_for_it(folder: Path, look: Look) -> None:
    shelve(folder, PROFILE.replace("desk_export*", "tickets*"))
    export(folder, ROW, name="tickets.csv")
    assert look().folder.reports["tickets.csv"].is_lost
    (folder / "landing.yml").write_text('files: {"tickets.csv": {profile: desk}}\n')
    assert look().values("status") == {"1": "open"}


def test_shipped_profiles_read_only_where_landing_yml_says_so(folder: Path, look: Look) -> None:
    (folder / "calls_2026-10.csv").write_text("Call ID\n")
    (ignored,) = look().folder.unread
    assert "the shipped profile telephone_calls reads files of this name" in ignored.reason
    assert "profiles: [telephone_calls]" in ignored.reason
    (folder / "landing.yml").write_text("profiles: [telefone_calls]\n")
    sentence = "line 1: there is no profile telefone_calls; did you mean telephone_calls"
    with pytest.raises(ConfigurationError, match=sentence):
        look()


def test_what_an_export_implies_gives_way_to_a_sheet(folder: Path, look: Look) -> None:
    shelve(
        folder,
        PROFILE
        + "constants:\n  channels:\n"
        + "    - {channel_id: mail-a, platform: email, channel_class: email, modality: async}\n",
    )
    export(folder, ROW)
    (folder / "channels.csv").write_text(
        "tenant_id,source_system,channel_id,platform,channel_class,modality\n"
        "acme,desk,mail-a,webshop,email,async\n"
    )
    seen = look()
    assert seen.values("platform", "channels", "channel_id") == {"mail-a": "webshop"}
    assert not seen.refused("channels")


def test_an_unchanged_export_is_read_once_and_a_changed_profile_reads_it_anew(
    folder: Path, load: Load, tmp_path: Path
) -> None:
    profile = shelve(folder)
    export(folder, ROW, ROW.replace("1;", "2;", 1).replace("Active", "nonsense"))
    assert load().error is None
    assert query(tmp_path, "select ticket_id, status from raw_landing.tickets") == [("1", "open")]
    before = query(tmp_path, "select record_id from raw_landing.quarantined_records")
    assert len(before) == 1
    assert not any(load().rows.values())
    assert query(tmp_path, "select record_id from raw_landing.quarantined_records") == before
    profile.write_text(PROFILE.replace("active: open", "active: on_hold, nonsense: closed"))
    assert load().error is None
    assert query(tmp_path, "select ticket_id, status from raw_landing.tickets order by 1") == [
        ("1", "on_hold"),
        ("2", "closed"),
    ]
    assert query(tmp_path, "select count(*) from raw_landing.quarantined_records") == [(0,)]


LOG = """
files: ["log*"]
source_system: inbox
tenant_id: acme
personal: [Who]
rows:
  - table: tickets
    one_per: Talk
    in_order_of: When
    only_if_any: {What: [came]}
    columns:
      ticket_id: Talk
      created_at: {first: When, of: {What: [came]}}
      created_by_role: =customer
      origin: =inbound
      channel_id: =wall
      customer_ref: {first: Who, of: {What: [came]}}
      status: {last: What, of: {What: [closed, opened]}, words: {closed: solved, opened: open}, otherwise: new}
      source_updated_at: {last: When}
"""


def _log(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text("\n".join(("Talk,When,What,Who", *rows)) + "\n")


def test_rows_of_one_conversation_are_one_row_over_all_exports(
    folder: Path, load: Load, tmp_path: Path
) -> None:
    shelve(folder, LOG, "log")
    _log(
        folder,
        "log_2026-09.csv",
        "t2,2026-09-30T09:00:00Z,came,b",
        "t1,2026-09-30T08:00:00Z,came,a",
    )
    load()
    found = "select ticket_id, status, created_at::date::text from raw_landing.tickets order by 1"
    assert query(tmp_path, found) == [("t1", "new", "2026-09-30"), ("t2", "new", "2026-09-30")]
    _log(
        folder,
        "log_2026-10.csv",
        "t1,2026-10-02T08:00:00Z,opened,z",
        "t1,2026-10-01T08:00:00Z,closed,z",
        "t2,2026-10-01T09:00:00Z,closed,z",
        "t3,2026-10-01T09:00:00Z,closed,z",
    )
    load()
    assert query(tmp_path, found) == [("t1", "open", "2026-09-30"), ("t2", "solved", "2026-09-30")]
    notes = query(
        tmp_path, "select notes from raw_landing.landing_files where file_name like 'log_2026-10%'"
    )
    assert (
        "1 row of tickets not made: the exports in the folder lack where they begin" in notes[0][0]
    )
    (folder / "log_2026-09.csv").unlink()
    load()
    # what began in an export that is gone keeps the row that was made of it
    assert query(tmp_path, found) == [("t1", "open", "2026-09-30"), ("t2", "solved", "2026-09-30")]


def test_an_unreadable_instant_costs_its_row_and_not_its_conversation(
    folder: Path, look: Look
) -> None:
    shelve(folder, LOG, "log")
    _log(folder, "log.csv", "t1,2026-09-30T08:00:00Z,came,a", "t1,yesterday,came,a")
    seen = look()
    assert seen.values("status") == {"t1": "new"}
    ((_, line, column, reason),) = seen.refused()
    assert (line, column) == (3, "When")
    assert "no ISO-8601 instant" in reason


FAULTS = [
    ("source_system: desk\n", "", "line 2: source_system is missing"),
    ("source_system: desk", "source_system:", "source_system is empty"),
    ("table: tickets", "table: tikets", "tikets is no canonical table; did you mean tickets?"),
    ("table: tickets", "table:", "table is empty; name a canonical table"),
    ("      origin: =inbound\n", "", "tickets lacks the required column origin"),
    ("origin: =inbound", "origin: =inwards", "origin: the word 'inwards' cannot stand there"),
    ("ticket_id: No\n      created", "ticket_idd: No\n      created", "no column ticket_idd; did you mean ticket_id?"),
    ("done: solved", "done: sloved", "status: the word 'sloved' cannot stand there"),
    ("{join: [=mail, Box]}", "{join: [Box], column: Box}", "needs exactly one of column, value, join, first, last"),
    ("{join: [=mail, Box]}", "{colum: Box}", "channel_id needs exactly one of"),
    ("{join: [=mail, Box]}", "{column: Box, wordz: {}}", "wordz is unknown here"),
    ("{join: [=mail, Box]}", "{column: Box, with: x}", "with is the sign between the parts of join"),
    ("{join: [=mail, Box]}", "{first: Box}", "first and last choose among several rows; the rule needs one_per"),
    ("{join: [=mail, Box]}", "{join: [=mail, Buyer]}", "Buyer is personal and would be stored as it is"),
    ("customer_ref: Buyer", "customer_ref: {join: [Buyer, Box]}", "Buyer must stand alone"),
    ("channel_id: {join: [=mail, Box]}", "channel_id: {column: Box, split: x}", "split makes a list"),
    ("channel_id: {join: [=mail, Box]}", "channel_id: {column: Box, plus: No}", "plus adds to an instant"),
    ("dropped: [Buyer name]", "dropped: [box]", "box is dropped and read by a rule"),
    ("optional: [Labels]", "optional: [Label]", "optional names Label, which no rule reads"),
    ("personal: [Buyer]", "personal: [Seller]", "personal names Seller, which no rule reads"),
    ("  - table: tickets\n", "  - table: tickets\n    one_per: No\n", "one_per needs in_order_of"),
    ("  - table: tickets\n", "  - table: tickets\n    in_order_of: No\n", "the rule needs one_per"),
    ("when: {State: [done], Finished: filled}", "when: {State: done}", "the condition on State must be filled, empty"),
    ("when: {State: [done], Finished: filled}", "when: done", "conditions must map columns"),
    ("left_out:\n  - {State: [draft]}", "left_out: all", "left_out must be a list of conditions"),
    ("left_out:", "constants: {channels: [{channel_id: a}]}\nleft_out:", "channels lacks the required column platform"),
    ("left_out:", "constants: {chanels: []}\nleft_out:", "chanels is no canonical table"),
    ("left_out:", "capabilities: {event_logs: full}\nleft_out:", "event_logs: a text of 10 characters"),
    ("left_out:", "capabilities: {event_log: most}\nleft_out:", "event_log: a text of 4 letters"),
    ("left_out:", "written: {date_order: ymd}\nleft_out:", "date_order must be dmy (day first) or mdy"),
    ("left_out:", "files: [x]\nleft_out:", "files is given twice"),
    ("{active: open,", "{active: open, Active: new,", "the word Active is given twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), FAULTS, ids=[one[2][:40] for one in FAULTS])
def test_every_fault_of_a_profile_is_one_sentence_with_its_line(
    folder: Path, look: Look, old: str, new: str, sentence: str
) -> None:
    assert old in PROFILE
    path = shelve(folder, PROFILE.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        look()
    lines = str(caught.value).splitlines()
    assert [line for line in lines if sentence in line], lines
    assert all(line.startswith(f"{path} line ") and line.endswith(".") for line in lines)


def test_a_buyer_is_hashed_where_the_contract_says_so_and_nowhere_else(
    folder: Path, look: Look
) -> None:
    blocked = PROFILE + ("  - {State: [x]}\n")
    rule = (
        "  - table: ticket_events\n    when: {State: [blocked]}\n    columns:\n      event_id: {join: [No, =b]}\n"
        "      ticket_id: No\n      event_type: =author_blocked\n      to_value: Buyer\n      actor_role: =agent\n"
        "      occurred_at: Opened\n"
    )
    text = blocked.replace("left_out:", rule + "left_out:").replace(
        '"": new', 'blocked: open, "": new'
    )
    shelve(folder, text)
    export(folder, ROW.replace("Active", "blocked"))
    (event,) = look().rows("ticket_events")
    (row,) = look().rows()
    assert event["to_value"] == row["customer_ref"]
    shelve(folder, text.replace("=author_blocked", "=merged"))
    with pytest.raises(ConfigurationError, match="to_value: Buyer is personal"):
        look()


def test_every_shipped_profile_is_faultless_and_says_what_it_lacks() -> None:
    assert set(shipped_profiles()) == {"social_inbox", "telephone_calls", "helpdesk_tickets"}
    for profile in shipped_profiles().values():
        assert profile.is_shipped
        told = {row["capability"] for row in profile.constants["source_capabilities"]}
        assert {"event_log", "macro_id", "handle_time", "delete_log"} <= told


FIRST, LAST = datetime(2025, 1, 1), datetime(2026, 10, 20)  # noqa: DTZ001 - wall-clock times
_WORDS = st.text(
    st.characters(whitelist_categories=("Ll", "Lu"), max_codepoint=0x24F), min_size=1, max_size=8
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    instants=st.lists(
        st.datetimes(FIRST, LAST).map(lambda one: one.replace(microsecond=0)),
        min_size=1,
        max_size=6,
    ),
    order=st.sampled_from(["dmy", "mdy"]),
    sign=st.sampled_from(["/", ".", "-"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    states=st.dictionaries(
        _WORDS.filter(lambda one: one.casefold() not in ("nan", "nat", "none", "null", "nil")),
        st.sampled_from(["open", "solved", "pending"]),
        min_size=1,
        max_size=4,
    ),
    data=st.data(),
)
def test_dates_separators_encodings_and_words(
    folder: Path,
    look: Look,
    instants: list[datetime],
    order: str,
    sign: str,
    separator: str,
    encoding: str,
    zone: str,
    states: dict[str, str],
    data: st.DataObject,
) -> None:
    plain = {}
    for word, meaning in states.items():
        if word.isascii() or _fits(word, encoding):
            plain[word.casefold()] = (word, meaning)
    if not plain:
        return
    words = "{" + ", ".join(f'"{word}": {meaning}' for word, meaning in plain.values()) + "}"
    shelve(folder, PROFILE.replace('{active: open, done: solved, "": new}', words))
    template = sign.join(("%d", "%m", "%Y") if order == "dmy" else ("%m", "%d", "%Y"))
    lines, expected = [separator.join(("No", "Opened", "Box", "Buyer", "State", "Finished"))], {}
    for number, instant in enumerate(instants):
        word, meaning = data.draw(st.sampled_from(sorted(plain.values())))
        shown = data.draw(
            st.sampled_from([word, f" {word} ", word.swapcase() if word.isascii() else word])
        )
        lines.append(
            separator.join(
                (str(number), instant.strftime(f"{template} %H:%M:%S"), "a", "x", shown, "")
            )
        )
        utc = _utc(instant, ZoneInfo(zone))
        if utc is not None:
            expected[str(number)] = (utc, meaning)
    (folder / "desk_export.csv").write_bytes("\n".join(lines).encode(encoding))
    said = f"encoding: {encoding}, " if encoding == "windows-1252" else ""
    (folder / "landing.yml").write_text(
        f'files: {{"desk*": {{{said}date_order: {order}, time_zone: {zone}}}}}\n'
    )
    is_utf8_too = encoding == "windows-1252" and _is_utf8((folder / "desk_export.csv").read_bytes())
    if is_utf8_too:
        return  # such a file says by its bytes that its settings are wrong, and is refused for it
    found = {row["ticket_id"]: (row["created_at"], row["status"]) for row in look().rows()}
    assert found == expected


def _fits(word: str, encoding: str) -> bool:
    try:
        word.encode(codecs.lookup(encoding).name)
        word.casefold().encode(codecs.lookup(encoding).name)
    except UnicodeEncodeError:
        return False
    return True


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not content.isascii()


def _utc(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The one instant of a wall-clock time; null where there is none, or two."""
    both = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return both.pop() if len(both) == 1 else None


def test_the_reference_names_every_key() -> None:
    root = Path(__file__).parents[3]
    text = (root / "docs" / "contribute" / "landing-profiles.md").read_text()
    for fields in (reading._FIELDS, reading._RULE_FIELDS):
        assert {key for key in fields if f"\n| `{key}` |" not in text} == set()
    assert {key for key in value_reading._FIELDS if f"{key}:" not in text} == set()
    assert {key for key in WRITTEN_FIELDS if f"`{key}`" not in text} == set()
    assert {name for name in shipped_profiles() if f"[`{name}`]" not in text} == set()
