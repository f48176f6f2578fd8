"""The sixteen questions of catalogue §14: the page that names one gives the mart's value, asked here once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from orchestration.dashboard.questions import QUESTIONS
from orchestration.dashboard.words import FLAGS, VERDICTS
from orchestration.presenting.languages import language
from orchestration.presenting.publication import Publication
from tests.dashboard.driving import opened, said

OWN = language("en", "dashboard", "kpis")
MONTH = date(2025, 12, 1)
Asked = Callable[[Publication], tuple[dict[str, str], list[str]]]


def numbers(current: Publication, kpi: str, **where: Any) -> list[dict[str, Any]]:
    """Rows of the company's month."""
    given = {"kpi_id": kpi, "month": MONTH, "scope_type": "company"} | where
    condition = " and ".join(f"{name} = ?" for name in given)
    query = f"select * from governance_review.kpi_monthly where {condition}"
    return current.rows(query, list(given.values()))


def one(current: Publication, kpi: str, **where: Any) -> dict[str, Any]:
    """The only row."""
    (row,) = numbers(current, kpi, **where)
    return row


def whole(row: dict[str, Any], name: str) -> str:
    return OWN.number(float(row[name]))


def ebay(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select display_name, n_met, n_breached, raw_rate, band from agent_sla.agent_scorecards "
        "inner join core.dim_agents using (agent_key) where platform = 'ebay' and layer = 'marketplace' "
        "and period_type = '90d' and n > 0 order by n desc"
    )
    judged = [row for row in rows if row["band"] != "insufficient"]
    meets = [row for row in judged if row["band"] in ("above", "in_range")]
    top = rows[0]
    return {"days": "90"}, [
        f"{len(judged)} of {len(rows)} agents have enough cases to be judged; {len(meets)} of them",
        top["display_name"],
        f"{top['n_met']} {top['n_breached']} {OWN.percent(float(top['raw_rate']))}",
    ]


def by_marketplace(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "select display_name, basis.n_met, basis.n, cards.adjusted_rate from agent_sla.agent_scorecards as cards "
        # counts are of the period that the adjusted share comes from
        "inner join agent_sla.agent_scorecards as basis on basis.agent_key = cards.agent_key "
        "and basis.platform = cards.platform and basis.layer = cards.layer and basis.period_type = cards.band_basis "
        "inner join core.dim_agents on dim_agents.agent_key = cards.agent_key "
        "where cards.platform = 'amazon' and cards.layer = 'internal' and cards.period_type = '28d' "
        "and cards.is_eligible order by cards.n desc, cards.agent_key limit 1"
    )[0]
    value = OWN.percent(float(row["adjusted_rate"]))
    return {}, [row["display_name"], f"{value} {row['n_met']} / {row['n']}"]


def consistent(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "select display_name, numerator, denominator from governance_review.kpi_monthly "
        "inner join core.dim_agents on scope_id = agent_key where kpi_id = 'agent_consistency' and layer = 'internal' "
        "and is_governed and value is not null and scope_type = 'agent' order by month desc, "
        "value desc, scope_id limit 1"
    )[0]
    weeks = f"{row['display_name']} {whole(row, 'numerator')} / {whole(row, 'denominator')}"
    return {}, [weeks]


def coaching(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select display_name, flag_id, evidence from agent_sla.coaching_flags inner join "
        "core.dim_agents using (agent_key) "
        "where week = (select max(week) from agent_sla.coaching_flags)"
    )
    return {}, [
        part
        for row in rows
        for part in (row["display_name"], FLAGS[row["flag_id"]], row["evidence"])
    ]


def thresholds(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = one(current, "sla_compliance", layer="internal", variant="none")
    interval = f"{OWN.percent(row['ci_low'])} – {OWN.percent(row['ci_high'])}"
    share = OWN.percent(float(row["value"]))
    return {}, [share, interval, f"{whole(row, 'numerator')} / {whole(row, 'denominator')}"]


def clock(current: Publication) -> tuple[dict[str, str], list[str]]:
    found = []
    for kpi in ("frt", "tat"):
        rows = {row["clock"]: row for row in numbers(current, kpi, stat="median", variant="none")}
        values = [OWN.figure(float(rows[name]["value"]), "s") for name in ("calendar", "business")]
        found.append(f"{' '.join(values)} {whole(rows['calendar'], 'n')}")
    return {}, [*found, "the assignment to an agent"]


def missed(current: Publication) -> tuple[dict[str, str], list[str]]:
    found = []
    for variant in ("sla_count_as_missed", "sla_treat_normally", "sla_ignore"):
        for row in numbers(current, "missed_contact_rate", variant=variant, stat="ratio"):
            share = OWN.percent(float(row["value"]))
            found.append(f"{share} {whole(row, 'numerator')} / {whole(row, 'denominator')}")
    assert len(found) == 6
    return {}, found


def contacts(current: Publication) -> tuple[dict[str, str], list[str]]:
    handled = one(current, "contacts_per_agent", variant="none")
    needed = one(current, "contacts_to_resolve", variant="none")
    first = one(current, "contacts_to_resolve", variant="resolved_in_1")
    return {}, [
        f"contacts handled {whole(handled, 'value')}",
        f"contacts needed to solve a request {OWN.number(float(needed['value']), 2)}",
        f"solved with one contact {OWN.percent(float(first['value']))}",
    ]


def fast(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "with sums as (select agent_key, sum(human_closed_without_reply) as bad, "
        "sum(human_closed_with_reply + human_closed_without_reply) as closed from agent_sla.operator_activity_daily "
        "where agent_key <> 'unowned' and date_day > (select max(date_day) from "
        "agent_sla.operator_activity_daily) - 28 "
        "group by 1) select display_name, bad, closed from sums inner join core.dim_agents using (agent_key) "
        "where closed > 0 order by bad / closed desc, agent_key limit 1"
    )[0]
    rate = OWN.percent(row["bad"] / row["closed"])
    return {}, [f"{row['display_name']} {rate} {whole(row, 'bad')} / {whole(row, 'closed')}"]


def slower(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "select * from agent_sla.speed_volume where grain = 'day' and scope_type = 'company' and n_reactions > 0 "
        "order by period_start desc limit 1"
    )[0]
    reaction = OWN.duration(row["reaction_median_s"])
    load = OWN.number(float(row["load"]), 2)
    return {}, [VERDICTS[row["verdict"]][2], f"median reaction {reaction}", f"staffed hour {load}"]


def deleted(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select occurred_at, display_name, ticket_id from agent_sla.agent_actions as acts "
        "inner join core.dim_agents using (agent_key) inner join core.dim_tickets as tickets "
        "on acts.original_ticket_key = tickets.ticket_key where action_type in ('message_deleted', 'message_hidden') "
        "and occurred_at >= ? and occurred_at < ? + interval 1 month",
        [MONTH, MONTH],
    )
    assert rows
    return {}, [f"{OWN.instant(row['occurred_at'])} {row['display_name']}" for row in rows] + [
        row["ticket_id"] for row in rows
    ]


def top_five(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select * from tag_volume.tag_volume_windows where window_days = 90 and scope_type = 'platform' "
        "and scope_id = 'amazon' and is_top5 and not is_untagged order by rank"
    )
    assert len(rows) == 5
    return {"days": "90", "platform": "amazon"}, [
        f"{row['rank']}. {row['reason_name']} {row['tickets']} {OWN.percent(float(row['share_tagged']))}"
        for row in rows
    ]


def long_handling(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select * from tag_volume.tag_volume_windows where window_days = 30 and scope_type = 'company' and is_top5"
    )
    covered = current.rows(
        "select value, month from governance_review.kpi_monthly where kpi_id = 'macro_top5_coverage' "
        "and scope_type = 'company' and is_governed and value is not null order by month desc limit 1"
    )[0]
    found = [
        f"{row['reason_name']} {OWN.duration(row['handle_median_s'])} {OWN.duration(float(row['handle_mean_s']))}"
        for row in rows
    ]
    return {}, [*found, f"{whole(covered, 'value')} of the company's top five have a locked macro"]


def macros(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "select macro_name, sum(uses) as uses, sum(tickets_resolved) as resolved, sum(tickets_judged) as judged "
        "from tag_volume.macro_monthly where month = (select max(month) from tag_volume.macro_monthly) "
        "group by 1 order by 2 desc, 1 limit 1"
    )[0]
    share = OWN.percent(row["resolved"] / row["judged"])
    return {}, [
        row["macro_name"],
        f"{whole(row, 'uses')} {share} {whole(row, 'resolved')} / {whole(row, 'judged')}",
    ]


def tracking(current: Publication) -> tuple[dict[str, str], list[str]]:
    rows = current.rows(
        "select value, target from governance_review.kpi_monthly where kpi_id = 'amz_vtr' and scope_type = 'company' "
        "and is_governed order by value is null, month desc limit 1"
    )
    answers = current.rows(
        "select risk_answer from tag_volume.reason_root_causes where risk_answer is not null"
    )
    shown = [OWN.percent(float(row["value"])) for row in rows if row["value"] is not None]
    return {}, ["A warning sign, not a proof", *shown, *(row["risk_answer"] for row in answers)]


def accountable(current: Publication) -> tuple[dict[str, str], list[str]]:
    row = current.rows(
        "select name, display_name from governance_review.kpi_monthly inner join governance_review.kpi_definitions "
        "using (kpi_id, kpi_version) inner join core.dim_agents on accountable_person = agent_key where month = ? "
        "and scope_type = 'company' and is_governed and status = 'red' and kpi_id = 'sla_compliance' limit 1",
        [MONTH],
    )[0]
    return {}, [
        row["name"],
        row["display_name"],
        "operations manager",
        "No decision was logged yet",
    ]


ASKED: dict[int, Asked] = {
    **{1: ebay, 2: by_marketplace, 3: consistent, 4: coaching, 5: thresholds, 6: clock, 7: missed},
    **{8: contacts, 9: fast, 10: slower, 11: deleted, 12: top_five, 13: long_handling, 14: macros},
    **{15: tracking, 16: accountable},
}


@pytest.mark.parametrize("number", QUESTIONS)
def test_each_question_is_answered_on_the_page_that_names_it(home, current, number):
    page, question = QUESTIONS[number]
    query, values = ASKED[number](current)
    app = opened(page, **query)
    assert not app.exception, app.exception
    text = said(app)
    assert values and question in text
    missing = [value for value in values if " ".join(value.split()) not in text]
    assert not missing, (number, missing[:5], text[:3000])
