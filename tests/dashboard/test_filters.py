"""A view is a link: filters come from the address, narrow the queries, and go back into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.dashboard.queries import channels, overview, staffing
from orchestration.dashboard.registry import PAGES
from orchestration.dashboard.selection import NAMES, Filters
from tests.dashboard.driving import control, opened, said, turn_to

texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)


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
        "select cast(value as double) as value, status from governance_review.kpi_monthly where kpi_id = 'frt' "
        "and scope_type = 'company' and is_governed and month <= ? order by month",
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


def test_every_filter_that_a_page_names_is_known():
    for module in PAGES.values():
        assert set(module.USES) | set(getattr(module, "QUIET", ())) <= set(NAMES)
