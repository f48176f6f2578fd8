"""A view is a link: filters come from the address, narrow the queries, and go back into it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.dashboard.applying import LABELS
from orchestration.dashboard.queries import channels, overview, reason_tickets, reasons, staffing
from orchestration.dashboard.registry import PAGES
from orchestration.dashboard.selection import NAMES, Filters
from tests.conftest import ROOT
from tests.dashboard.driving import control, opened, said, turn_to

texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)


# a loaded machine draws slowly, which says nothing about the filters
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*NAMES, "other"]), texts))
def test_filters_survive_the_address(values):
    filters = Filters.of(values)
    assert Filters.of(filters.given) == filters
    assert filters.given == {name: text for name, text in values.items() if text and name in NAMES}
    assert filters.only(("platform",)).given.keys() <= {"tenant", "platform"}


def test_the_narrowest_place_counts():
    filters = Filters(platform="amazon", account="amazon.it", channel="amazon_it")
    assert filters.narrowest == ("channel", "amazon_it")
    assert filters.but(channel="").narrowest == ("marketplace_account", "amazon.it")
    assert Filters().narrowest == ("company", "company")


def test_a_link_opens_the_view_and_a_control_changes_it(home):
    app = opened("channels", platform="amazon", layer="marketplace", lang="it")
    assert control(app, "Piattaforma").value == "amazon"
    assert app.query_params["platform"] == "amazon" and app.query_params["month"] == "2025-12"
    control(app, "Piattaforma").select("ebay").run()
    assert app.query_params["platform"] == "ebay"
    assert "ebay" in said(app)
    turn_to(app, "reasons").query_params.clear()
    app.run()
    assert app.query_params == {"platform": "ebay", "days": "30", "lang": "it"}
    # somebody goes back in the browser: the address wins over what was chosen
    app.query_params.clear()
    app.query_params.update({"platform": "amazon", "days": "90"})
    app.run()
    assert control(app, "Platform").value == "amazon"


def test_what_does_not_exist_is_left_out_and_said(home):
    app = opened("channels", platform="nowhere", month="1999-01")
    assert not app.exception
    assert "The address names nowhere, which does not exist here" in said(app)
    assert "platform" not in app.query_params and app.query_params["month"] == "2025-12"


@pytest.mark.parametrize("page", ["channels", "agents", "staffing", "overview"])
def test_values_of_the_address_never_become_sql_or_markup(home, page):
    evil = "<script>alert(1)</script>' or 1=1 --"
    names = {
        "layer": evil,
        "days": evil,
        "team": evil,
        "agent": evil,
        "month": evil,
        "tenant": evil,
    }
    app = opened(page, **names)
    assert not app.exception
    body = "".join(element.proto.body for element in app.get("html"))
    assert "<script>" not in body


def test_queries_narrow_as_the_mart_does(current, seller):
    for platform in ("amazon", "ebay"):
        for layer in ("internal", "marketplace"):
            filters = seller.but(platform=platform, layer=layer)
            (row,) = channels.judged(current, filters).itertuples()
            found = current.rows(
                "select numerator, denominator, ci_low, ci_high from governance_review.kpi_monthly where month = ? "
                "and kpi_id = 'sla_compliance' and scope_type = 'platform' and scope_id = ? and layer = ? "
                "and variant = 'none'",
                [filters.first_day, platform, layer],
            )[0]
            assert (row.met, row.judged) == (found["numerator"], found["denominator"])
            interval = (float(found["ci_low"]), float(found["ci_high"]))
            assert (row.low, row.high) == pytest.approx(interval, abs=1e-6)


def test_places_add_up_to_the_company(current, seller):
    whole = channels.judged(current, seller.but(layer="internal")).iloc[0]
    parts = channels.judged_by(current, seller.but(layer="internal"), "channel")
    assert parts.judged.sum() == whole.judged and parts.broken.sum() == whole.broken
    customers = {
        row["customer_type"]
        for row in current.rows("select distinct customer_type from agent_sla.agent_sla_daily")
        if row["customer_type"]
    }
    split = [
        channels.judged(current, seller.but(layer="internal", customer=kind))
        .fillna(0)
        .iloc[0]
        .judged
        for kind in customers
    ]
    assert 0 < sum(split) <= whole.judged


def test_the_overview_shows_thirteen_months_and_the_month_before(current, seller):
    rows = overview.numbers(current, seller).set_index("kpi_id")
    row = rows.loc["frt"]
    expected = current.rows(
        # a month that its sources tell in part has no place in a line
        "select case when coverage_reason is null then cast(value as double) end as value, status "
        "from governance_review.kpi_monthly where kpi_id = 'frt' "
        "and scope_type = 'company' and is_governed and month <= $1 order by month",
        [seller.first_day],
    )[-13:]
    assert row.values_before.tolist() == [found["value"] for found in expected]
    assert row.status_before == expected[-2]["status"]


def test_forecasts_are_set_against_what_the_kpi_counts(current, seller):
    for channel in ("amazon_it", "webshop_email"):
        days = staffing.forecasts(current, seller.but(channel=channel))
        month = days[(days.day >= "2025-12-01") & (days.day < "2026-01-01")]
        expected = current.rows(
            "select numerator, denominator from governance_review.kpi_monthly where kpi_id = 'forecast_bias' "
            "and variant = 'day' and scope_type = 'channel' and scope_id = ? and month = ?",
            [channel, seller.first_day],
        )[0]
        assert month.actual.sum() == expected["denominator"]
        error = month.forecast.sum() - month.actual.astype(float).sum()
        assert error == pytest.approx(float(expected["numerator"]), abs=1e-3)
    ahead = days[days.actual.isna()]
    assert len(ahead) and ahead.forecast.notna().all()


SHARED = (
    *("period", "platform", "account", "channel", "team"),
    *("agent", "customer", "region", "layer", "clock"),
)
"""The filters of the promise, as the table of docs/using.md names its columns."""


def applied(page: str) -> set[str]:
    """Filters of the promise that a page applies."""
    module = PAGES[page]
    known = {*module.USES, *getattr(module, "QUIET", ())}
    return (known & set(SHARED)) | ({"period"} if known & {"month", "days"} else set())


def test_the_document_says_which_page_applies_which_filter():
    lines = (ROOT / "docs" / "using.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(place for place, row in enumerate(rows) if row[0] == "page")
    named = {"customer type": "customer", "promise": "layer"}
    columns = [named.get(name, name) for name in rows[head][1:]]
    assert tuple(columns) == SHARED
    told = {}
    for row in rows[head + 2 : head + 2 + len(PAGES)]:
        marks = dict(zip(columns, row[1:], strict=True))
        assert set(marks.values()) <= {"●", "◐", "–"}
        told[row[0].strip("`")] = {name for name, mark in marks.items() if mark != "–"}
    assert told == {page: applied(page) for page in PAGES}


CHOSEN = {
    "platform": "amazon",
    "account": "amazon.it",
    "channel": "amazon_it",
    "customer": "vip",
    "region": "south",
    "layer": "marketplace",
    "clock": "business",
}


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("case", "data")])
def test_every_filter_narrows_its_page_and_no_other_is_silent(home, current, page):
    """A chosen value changes what the page says; one that the page does not apply is named."""
    app = opened(page, **WHY if page == "why" else {})
    whole = told(app)
    team = current.one(
        "select team_id from core.dim_teams inner join core.fct_response_obligations using (team_key) "
        "group by 1 order by count(*) desc, 1 limit 1"
    )
    agent = current.one(
        "select agent_key from agent_sla.agent_actions where month(occurred_at) = 12 and agent_key <> 'unowned' "
        "group by 1 order by count(*) desc, 1 limit 1"
    )
    values = {**CHOSEN, "team": team, "agent": agent}
    for name in applied(page) & values.keys():
        turned(app, page, {name: values[name]})
        assert told(app) != whole, name
        assert "Not applied on this page" not in said(app), name
        assert app.query_params[name] == values[name]
    others = values.keys() - applied(page)
    turned(app, page, {name: values[name] for name in others})
    listed = said(app).partition("Not applied on this page: ")[2].partition(".")[0]
    assert set(filter(None, listed.split(", "))) == {LABELS[name] for name in others}
    assert not others & app.query_params.keys()


def turned(app, page: str, query: dict[str, str]) -> None:
    """Draw the page as a link with these filters opens it."""
    app.query_params.clear()
    app.query_params.update({**(WHY if page == "why" else {}), **query})
    app.run()
    assert not app.exception, (query, app.exception)


WHY = {"kpi": "frt", "month": "2025-12"}


def told(app) -> str:
    """What a page says below the line that names its filters, figures in charts included."""
    charts = [element.proto.spec for element in app.get("vega_lite_chart")]
    tables = [element.value.to_csv() for element in app.dataframe]
    return " ".join([said(app).partition("UTC")[2], *charts, *tables])


def test_reasons_of_a_place_are_counted_as_the_mart_counts_them(current, seller):
    """What is counted from the tickets where the mart has no window equals the mart where it has one."""
    columns = [
        "tickets",
        "scope_tickets",
        "rank",
        "previous_rank",
        "is_top5",
        "was_top5",
        "is_vital_few",
    ]
    for narrowed in (seller, seller.but(platform="amazon"), seller.but(channel="amazon_it")):
        filters = narrowed.but(days="60")
        mart = reasons.windows(current, filters).set_index("reason_name")
        counted = reason_tickets.windows(current, filters).set_index("reason_name")
        assert len(counted) and set(counted.index) <= set(mart.index)
        assert not mart.drop(counted.index).tickets.sum()
        for name in columns:
            left, right = counted[name], mart.loc[counted.index, name]
            assert left.fillna(0).tolist() == right.fillna(0).tolist(), name


def test_a_filter_of_a_link_is_said_until_the_page_is_left(home):
    app = opened("data", layer="marketplace", platform="amazon")
    assert "Not applied on this page: Platform, Promise." in said(app)
    app.run()
    assert "Not applied on this page: Platform, Promise." in said(app)
    turn_to(app, "health").query_params.clear()
    app.run()
    assert app.query_params["platform"] == "amazon"
    assert "Not applied on this page" not in said(app)


def test_what_a_page_settles_by_itself_narrows_no_other(home):
    app = opened("channels")
    assert app.query_params["layer"] == "internal"
    turn_to(app, "governance").query_params.clear()
    app.run()
    assert "layer" not in app.query_params


def test_two_places_are_not_taken_for_one(home):
    app = opened("overview", team="north", platform="amazon")
    assert "Not narrowed by: Platform." in said(app) or "does not exist here" in said(app)
    app = opened("overview", channel="amazon_it", platform="amazon")
    assert "Not narrowed by" not in said(app)


def test_every_filter_that_a_page_names_is_known():
    for module in PAGES.values():
        assert set(module.USES) | set(getattr(module, "QUIET", ())) <= set(NAMES)
