"""Charts speak the reader's language: months and figures of the axes, and what is said on hovering."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from orchestration.dashboard import bar_charts, charts, control_charts, heat_charts
from orchestration.dashboard.recording import recording
from orchestration.presenting.languages import LANGUAGES, language

WORDS = [("green", "on target")]
_ROWS = pd.DataFrame(
    {
        "day": pd.to_datetime(["2026-11-02"]), "hour": [9], "name": ["Ada"], "part": ["queue"], "place": [0],
        "value": [0.5], "low": [0.4], "high": [0.6], "said": ["50 %"], "status": ["on target"], "n": [7],
        "x": [3.0], "y": [0.5], "tickets": [1234], "cumulative": [0.5], "code": ["top"], "kind": ["top"],
        "speed": [1.0], "speed_low": [0.5], "speed_expected": [1.0], "speed_high": [2.0], "is_event": [False],
    }
)  # fmt: skip
PICTURES = {
    "intervals": charts.intervals(_ROWS, WORDS, "kept", 0.9),
    "lines": charts.lines(_ROWS, "share", percent=True),
    "scatter": charts.scatter(_ROWS, WORDS, "minutes", "share"),
    "stacked": bar_charts.stacked(_ROWS, ["queue"], "hours"),
    "pareto": bar_charts.pareto(_ROWS, "tickets", "share"),
    "control": control_charts.control(_ROWS, WORDS, "min"),
    "heat": heat_charts.heat(_ROWS, ["Ada"], [9], "hour", ".0%"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_hovering_says_words_and_no_names_of_columns(name: str) -> None:
    with recording() as steps:
        charts.draw(language("it", "dashboard"), "a chart", PICTURES[name])
    found = list(_tooltips(steps[0].content))
    assert found
    # one field alone is shown as it is; several would each stand behind the name of their column
    assert all(tip["field"] == "tip" for tip in found)
    assert steps[0].content["config"]["mark"]["tooltip"] is None
    assert "datum.said" in json.dumps(steps[0].content)


def _tooltips(spec: object) -> list[dict[str, str]]:
    if isinstance(spec, list):
        return [tip for part in spec for tip in _tooltips(part)]
    if not isinstance(spec, dict):
        return []
    own = [spec["encoding"]["tooltip"]] if "tooltip" in spec.get("encoding", {}) else []
    return own + [tip for part in spec.values() for tip in _tooltips(part)]


@pytest.mark.parametrize(
    ("code", "november", "decimal"),
    [
        ("en", "Nov", "."),
        ("it", "nov", ","),
        ("ro", "nov.", ","),
        ("ru", "нояб.", ","),
    ],
)
def test_axes_follow_the_language(code: str, november: str, decimal: str) -> None:
    with recording() as steps:
        charts.draw(language(code, "dashboard"), "a chart", PICTURES["lines"])
    locale = steps[0].content["config"]["locale"]
    assert locale["time"]["shortMonths"][10] == november
    assert locale["number"]["decimal"] == decimal
    share = language(code, "dashboard").percent(0.5, 0)
    assert share == "50" + locale["number"]["percent"]
    # d3 begins the week with Sunday
    assert locale["time"]["days"][0][:2].lower() in ("su", "do", "du", "во")
    assert code in LANGUAGES
