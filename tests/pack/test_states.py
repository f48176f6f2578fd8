"""Closed and provisional months, restatements, decisions, missing targets, switched-off agents, empty months."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pytest

from orchestration.lookups import logged
from orchestration.pack import writing
from orchestration.pack.audience import Audience
from orchestration.pack.building import pack_numbers
from orchestration.pack.composing import composed
from orchestration.pack.document import Document
from orchestration.pack.html import html_of
from orchestration.pack.numbers import Pack
from orchestration.pack.pdf import pdf_of
from orchestration.pack.workbook import workbook_of
from orchestration.pack.writing import Wanted, write_packs
from tests.pack.conftest import House
from tests.pack.reading import html_rows, pdf_pages, plain, records, workbook

MONTH = date(2025, 12, 1)
SNAPSHOT = hashlib.sha256(b"a snapshot of the tests").hexdigest()
CLOSE = (
    "update governance_review.kpi_monthly set value_presented = value, n_presented = n, status_presented = status, "
    "presented_as_of = as_of, close_state = 'frozen' where month = date '2025-12-01'",
    "insert into governance_review.month_closes by name select 'main-2025-12' as close_id, 'main' as tenant_id, "
    "date '2025-12-01' as month, timestamp '2026-01-08 06:00:00' as closed_at, 'Ada Lovelace' as closed_by, "
    f"timestamp '2026-01-08 05:00:00' as data_as_of, 10 as row_count, '{SNAPSHOT}' as snapshot_hash, "
    """'[{"gate": "costs", "state": "waived", "seen": "no cost sheet"}]' as gate_results, '[]' as waived_gates""",
)
ROW = "month = date '2025-12-01' and kpi_id = 'csat' and scope_type = 'company' and is_governed"
MOVE = (
    f"update governance_review.kpi_monthly set value = 0.4321, status = 'red' where {ROW}",
    "insert into governance_review.restatements by name select 'r-0123456789' as restatement_id, tenant_id, month, "
    "kpi_id, kpi_version, stat, clock, layer, variant, scope_type, scope_id, value_presented as old_value, "
    "value as new_value, status_presented as old_status, status as new_status, 'survey_changed' as reason_code, "
    f"timestamp '2026-01-20 06:00:00' as detected_at from governance_review.kpi_monthly where {ROW}",
    "insert into governance_review.restatements by name select 'r-person' as restatement_id, 'main' as tenant_id, "
    "date '2025-12-01' as month, 'csat' as kpi_id, 1 as kpi_version, 'ratio' as stat, 'none' as clock, "
    "'none' as layer, 'none' as variant, 'agent' as scope_type, 'person-7' as scope_id, 0.5 as old_value, "
    "0.6 as new_value, 'late_data' as reason_code, timestamp '2026-01-20 06:00:00' as detected_at",
)
DECISION = "Call <b>every</b> buyer & ask *why* #now"
DECIDE = (
    "insert into governance_review.actions by name select 'main' as tenant_id, 'A0007' as action_id, "
    "'weekly_ops_review' as forum_id, 'sla_compliance' as kpi_id, 'company' as scope_type, 'company' as scope_id, "
    f"'{DECISION}' as decision, 'Grace Hopper' as owner, date '2026-01-15' as due_on, 0.05 as expected_change, "
    "'overdue' as status",
    "insert into governance_review.actions by name select 'main' as tenant_id, 'A0003' as action_id, "
    "'monthly_business_review' as forum_id, 'frt' as kpi_id, 'company' as scope_type, 'company' as scope_id, "
    "'Earlier shift' as decision, 'Ada Lovelace' as owner, date '2025-12-05' as due_on, -600 as expected_change, "
    "'done' as status, 'achieved' as outcome, -720 as measured_change, date '2025-12-01' as evaluated_month",
)
DECIDE_FOR_A_TEAM = (
    "insert into governance_review.actions by name select 'main' as tenant_id, 'A0009' as action_id, "
    "'weekly_ops_review' as forum_id, 'sla_compliance' as kpi_id, 'team' as scope_type, min(team_id) as scope_id, "
    "'Earlier shift' as decision, 'Ada Lovelace' as owner, date '2026-01-15' as due_on, 'open' as status "
    "from core.dim_teams where tenant_id = 'main'",
)
NO_TARGETS = (
    "update governance_review.kpi_monthly set target = null, target_high = null, target_class = null, "
    "status = 'grey_no_target', status_reason = 'no target is in force for this statistic, scope and month', "
    "red_streak = 0, gap_to_target = null, comment_required = false where status <> 'grey_not_measurable'",
)
EMPTY = (
    "update governance_review.kpi_monthly set value = null, value_text = null, numerator = null, n = 0, "
    "status = 'grey_small_n', status_reason = 'nothing was counted in this month' where month = date '2025-12-01'",
)


@dataclass
class Read:
    """A pack with its files."""

    pack: Pack
    document: Document

    @cached_property
    def html(self) -> bytes:
        return html_of(self.document)

    @cached_property
    def pdf(self) -> bytes:
        return pdf_of(self.document)

    @cached_property
    def xlsx(self) -> bytes:
        return workbook_of(self.document)

    @cached_property
    def pages(self) -> list[str]:
        return pdf_pages(self.pdf)


def read(house: House, audience: Audience | None = None, code: str = "en") -> Read:
    pack = pack_numbers(house.published, "main", MONTH, audience or Audience())
    return Read(pack, composed(pack, code))


@pytest.fixture(scope="module")
def moved(make_house: Callable[..., House]) -> Read:
    """The month was closed, one number moved since, one decision is overdue and one was judged."""
    return read(make_house(*CLOSE, *MOVE, *DECIDE))


def test_a_closed_month_bears_the_hash_of_its_close_everywhere(
    moved: Read,
) -> None:
    assert moved.pack.hash == SNAPSHOT
    assert f"hash of the close {SNAPSHOT}" in moved.html.decode()
    assert all(f"hash of the close {SNAPSHOT}" in page for page in moved.pages)
    for sheet in workbook(moved.xlsx).worksheets[1:]:
        assert SNAPSHOT in sheet["A3"].value
    for content in (moved.html.decode(), " ".join(moved.pages)):
        assert "PROVISIONAL" not in content
        assert "Closed on 8 Jan 2026, 06:00 UTC by Ada Lovelace" in plain(content)
    assert "no cost sheet" in moved.html.decode()


def test_what_moved_since_is_shown_as_presented_with_todays_value_beside_it(moved: Read) -> None:
    (fact,) = [fact for fact in moved.pack.facts if fact.kpi_id == "csat"]
    assert fact.current_value == 0.4321
    assert fact.value is not None
    assert fact.value != 0.4321
    assert (fact.ci_low, fact.ci_high, fact.mom_delta) == (None, None, None)
    (cells,) = [row for row in html_rows(moved.html)["kpis"] if row[0][1].split(" · ")[0] == "csat"]
    assert cells[1] == [f"{fact.value:.1%}", "now 43.2%"]
    assert fact.history[-1] == fact.value


def test_restatements_stand_first_and_those_about_persons_are_counted_only(moved: Read) -> None:
    rows = html_rows(moved.html)["meeting"]
    (restated,) = [row for row in rows if row[0][0] == "Customer satisfaction"]
    assert restated[4] == ["43.2%"]
    assert restated[6] == ["off target"]
    assert restated[7] == ["survey answer changed"]
    assert restated[8] == ["not yet"]
    assert "Restatements about single persons, not shown here: 1." in moved.html.decode()
    for content in (moved.html, moved.xlsx, moved.pdf):
        assert b"person-7" not in content
    (record,) = records(workbook(moved.xlsx)["Restatements"])
    assert record["Known now"] == pytest.approx(0.4321)


def test_decisions_due_and_judged_are_listed_and_stand_beside_the_red_number(moved: Read) -> None:
    rows = html_rows(moved.html)["meeting"]
    (due,) = [row for row in rows if row[0][-1] == "A0007"]
    assert due[0][0] == DECISION
    assert due[3:] == [["Grace Hopper"], ["15 Jan 2026"], ["+5.0 pp"], ["overdue"]]
    (judged,) = [row for row in rows if row[0][-1] == "A0003"]
    assert judged[5:] == [["−10 min"], ["−12 min"], ["achieved"]]
    with_action = [red for red in moved.pack.reds if red.actions]
    assert {red.fact.kpi_id for red in with_action} == {"sla_compliance"}
    assert {red.actions for red in with_action} == {("A0007",)}


def test_what_people_typed_is_text_in_all_three_files(moved: Read) -> None:
    assert "Call &lt;b&gt;every&lt;/b&gt; buyer &amp; ask" in moved.html.decode()
    assert DECISION in " ".join(moved.pages)
    assert DECISION in [
        cell.value for row in workbook(moved.xlsx)["Decisions due"].rows for cell in row
    ]


def test_a_forum_reads_its_own_decisions(make_house: Callable[..., House]) -> None:
    house = make_house(*DECIDE)
    weekly = pack_numbers(house.published, "main", MONTH, Audience("weekly_ops_review"))
    assert [decision.action_id for decision in weekly.due] == ["A0007"]
    assert not weekly.judged
    by_role = pack_numbers(house.published, "main", MONTH, Audience(role="data_owner"))
    assert not by_role.due


def test_a_number_that_came_after_the_close_was_not_presented(
    make_house: Callable[..., House],
) -> None:
    house = make_house(
        *CLOSE,
        "update governance_review.kpi_monthly set value_presented = null, n_presented = null, status_presented = null, "
        f"presented_as_of = null where {ROW}",
    )
    pack = pack_numbers(house.published, "main", MONTH, Audience())
    (fact,) = [fact for fact in pack.facts if fact.kpi_id == "csat"]
    assert fact.value is None
    assert fact.status_reason == "it was not known when the month was closed"


def test_without_targets_nothing_is_red_and_the_pack_says_so(
    make_house: Callable[..., House],
) -> None:
    found = read(make_house(*NO_TARGETS))
    assert not found.pack.reds
    assert "No KPI of this pack is off target." in found.html.decode()
    assert found.pack.counted("grey") == len(found.pack.facts)


def test_an_empty_month_is_a_pack_that_says_it_is_empty(make_house: Callable[..., House]) -> None:
    found = read(make_house(*EMPTY))
    assert "Nothing was counted in this month." in found.html.decode()
    assert "Nothing was counted in this month." in " ".join(found.pages)
    assert workbook(found.xlsx)["KPI table"]["A5"].value == "Nothing was counted in this month."
    assert not found.pack.reasons


OFF = "update core.dim_agents set agent_views = 'off', display_name = null where agent_key <> 'unowned'"
PSEUDONYMS = (
    "update core.dim_agents set agent_views = 'pseudonymous', agent_id = null, "
    "display_name = 'Agent ' || left(agent_key, 6) where agent_key <> 'unowned'"
)
BOSS = Audience(role="operations_manager")


def names_of(house: House) -> list[str]:
    return [
        str(name)
        for (name,) in house.rows(
            "select display_name from core.dim_agents where display_name like '% %' and agent_views = 'named' "
            "and agent_key <> 'unowned'"
        )
    ]


def test_only_the_operations_manager_sees_colleagues_and_that_look_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WRITERS", {"html": html_of})
    names = names_of(house)
    assert len(names) > 10
    written = write_packs(house.settings, Wanted(MONTH, BOSS))[0]
    shown = written.files["html"].read_text(encoding="utf-8")
    assert sum(name in shown for name in names) > 5
    (look,) = logged(house.home)
    assert look.command == "review 2025-12 (operations_manager)"
    assert look.rows == len(written.pack.colleagues) > 10
    assert look.tenants == ("main",)
    for audience in (Audience(), Audience("monthly_business_review"), Audience(role="team_lead")):
        other = write_packs(house.settings, Wanted(MONTH, audience))[0]
        content = other.files["html"].read_text(encoding="utf-8")
        assert not [name for name in names if name in content]
        assert other.pack.spreads
    assert len(list(logged(house.home))) == 1


def test_people_of_a_team_are_counted_once_per_promise(house: House) -> None:
    pack = pack_numbers(house.published, "main", MONTH, BOSS)
    counted = dict(
        house.rows(
            "select layer, count(*) from agent_sla.agent_scorecards inner join core.dim_agents using (agent_key) "
            "where period_type = 'month' and period_start = date '2025-12-01' and platform = 'all' and not is_bot "
            "and agent_analytics_allowed group by layer"
        )
    )
    for layer, count in counted.items():
        spread = [each for each in pack.spreads if each.layer == layer]
        told = sum(each.above + each.in_range + each.below + each.insufficient for each in spread)
        assert 0 <= count - told < 4, "fewer than four people of small teams are left out"


@pytest.mark.parametrize(("views", "expected"), [(OFF, 0), (PSEUDONYMS, None)])
def test_agent_views_are_obeyed(
    make_house: Callable[..., House], house: House, views: str, expected: int | None
) -> None:
    names = names_of(house)
    found = read(make_house(views), BOSS)
    text = found.html.decode()
    assert not [name for name in names if name in text]
    if expected == 0:
        assert not found.pack.colleagues
        assert "No person&#39;s work is analysed: agent views are off" in text
    else:
        assert found.pack.colleagues
        assert all(each.name.startswith("Agent ") for each in found.pack.colleagues)


def test_small_teams_are_not_told_apart(make_house: Callable[..., House]) -> None:
    house = make_house(
        "delete from agent_sla.agent_scorecards where agent_key not in ("
        "select agent_key from agent_sla.agent_scorecards where period_type = 'month' and platform = 'all' "
        "and period_start = date '2025-12-01' and layer = 'internal' order by agent_key limit 3)"
    )
    assert not pack_numbers(house.published, "main", MONTH, Audience()).spreads


def test_two_teams_of_one_name_stay_two(make_house: Callable[..., House]) -> None:
    house = make_house("update core.dim_teams set name = 'North'", *DECIDE_FOR_A_TEAM)
    asked = (house.published, "main", MONTH, Audience(role="operations_manager"))
    pack, teams = pack_numbers(*asked), house.rows("select team_id from core.dim_teams")
    known = {f"North ({team_id})" for (team_id,) in teams}
    assert len(known) > 1
    assert len({one.team for one in pack.colleagues}) > 1
    assert {one.team for one in pack.colleagues} <= known | {""}
    parts = {part.scope_name for red in pack.reds for part in red.parts}
    assert {name for name in parts if name.startswith("North")} <= known
    [decision] = [one for one in pack.due if one.action_id == "A0009"]
    assert decision.scope_name in known
