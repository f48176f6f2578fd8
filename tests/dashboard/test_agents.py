"""Rows of figures about persons: one period in a row, one label for one person; and the hours of both maps."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from orchestration.dashboard.heat_charts import heat
from orchestration.dashboard.naming import labels_of_persons
from orchestration.dashboard.queries import agents
from orchestration.dashboard.selection import Filters
from orchestration.presenting.languages import language
from tests.dashboard.driving import control, opened, said

OWN = language("en", "dashboard")
COUNTED = ("n", "n_met", "n_breached", "raw_rate", "ci_low", "ci_high", "observed_to_expected")
CARDS = (
    "select * from agent_sla.agent_scorecards where layer = 'internal' and period_type = any(?) "
    "order by agent_key"
)


def plain(value):
    """A number as a float, None for every kind of nothing."""
    return None if pd.isna(value) else float(value)


def cards_of(current, *periods):
    """Scorecards of the mart by period, platform and person."""
    return {
        (row["period_type"], row["platform"], row["agent_key"]): row
        for row in current.rows(CARDS, [list(periods)])
    }


@pytest.mark.parametrize("asked", [agents.scorecards, agents.by_platform])
def test_counts_and_interval_of_a_row_are_of_one_period(current, asked):
    marts = cards_of(current, "7d", "90d")
    shown = asked(current, Filters(tenant="main", days="7", layer="internal"))
    shown = shown[shown.layer == "internal"]
    longer = shown[shown.band_basis == "90d"]
    assert len(longer), "nobody is judged by the longer period"
    for row in shown.itertuples():
        own = marts["7d", row.platform, row.agent_key]
        basis = marts[row.band_basis, row.platform, row.agent_key]
        for name in COUNTED:
            given = getattr(row, name)
            assert plain(given) == plain(basis[name]), (name, row)
        assert plain(row.adjusted_low) == plain(own["adjusted_low"])
    moved = [
        row for row in longer.itertuples() if marts["7d", row.platform, row.agent_key]["n"] != row.n
    ]
    assert moved, "the own counts would do as well"


def test_the_page_says_which_period_a_row_is_of(current):
    marts = cards_of(current, "7d", "90d")
    key, card = next(
        (key, card)
        for (period, platform, key), card in marts.items()
        if (period, platform) == ("7d", "all")
        and card["is_eligible"]
        and card["band_basis"] == "90d"
    )
    basis = marts["90d", "all", key]
    counts = f"{OWN.number(basis['n_met'])} / {OWN.number(basis['n'])} {OWN.percent(float(basis['raw_rate']))}"
    app = opened("agents", days="7")
    assert re.search(re.escape(counts) + r" [\d.% –]+ over 90 days", said(app)), (counts, card)
    (chart, *_) = [element.proto.spec for element in app.get("vega_lite_chart")]
    assert "\\u2020 " in chart or "† " in chart
    alone = said(opened("agents", days="7", agent=key))
    assert f"{basis['n_met']} / {basis['n']}" in alone and "over 90 days" in alone
    assert "over 90 days" not in said(opened("agents", days="90"))


def test_no_two_persons_have_one_label(current):
    same = current.one(
        "select count(*) - count(distinct display_name) from core.dim_agents where display_name is not null"
    )
    assert same, "the seller has no two persons of one name"
    options = control(opened("agents"), "Agent").options
    assert len(options) == len(set(options))


def people(*rows):
    frame = pd.DataFrame(rows, columns=["agent_key", "display_name", "team"])
    return frame.set_index("agent_key")


def test_persons_of_one_name_are_told_apart_by_team_else_by_a_short_id():
    labels = labels_of_persons(
        people(
            ("aaaaaaaa", "Ann", "Chat"),
            ("bbbbbbbb", "Ann", "Phone"),
            ("cccccccc", "Bob", "Chat"),
            ("dddddddd", "Cid", "Chat"),
            ("eeeeeeee", "Cid", "Chat"),
            ("ffffffff", "Dan", None),
            ("gggggggg", "Dan", None),
            ("hhhhhhhh", "Eve", "Chat"),
            ("iiiiiiii", "Eve", None),
            ("jjjjjjjj", None, "Chat"),
            ("kkkkkkkk", None, "Chat"),
        )
    )
    assert list(labels.values()) == [
        *("Ann (Chat)", "Ann (Phone)", "Bob", "Cid (Chat, dddddd)", "Cid (Chat, eeeeee)"),
        *("Dan (ffffff)", "Dan (gggggg)", "Eve (Chat)", "Eve (iiiiii)"),
    ]
    assert "jjjjjjjj" not in labels, "a name that may not be shown has no label"


def test_both_maps_of_the_week_show_the_same_hours_and_days(home):
    specs = [
        json.loads(element.proto.spec) for element in opened("staffing").get("vega_lite_chart")
    ]
    found = [
        {name: spec["layer"][0]["encoding"][name]["scale"]["domain"] for name in ("x", "y")}
        for spec in specs
        if spec.get("layer", [{}])[0].get("encoding", {}).get("x", {}).get("field") == "hour"
    ]
    assert len(found) == 2 and found[0] == found[1]
    assert len(found[0]["y"]) == 7 and found[0]["x"] == list(
        range(found[0]["x"][0], found[0]["x"][-1] + 1)
    )


def test_numbers_of_a_map_are_left_out_where_cells_are_narrow():
    frame = pd.DataFrame({"day": ["Mon"], "hour": [3], "value": [1.0], "said": ["1"]})
    spec = heat(frame, ["Mon", "Tue"], range(24), "hour", ".1f").to_dict()
    (text,) = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    least, size, other = re.fullmatch(
        r"width >= (\d+) \? (\d+) : (\d+)", text["fontSize"]["expr"]
    ).groups()
    assert 390 < int(least) < 800 and int(size) > 0 and int(other) == 0
