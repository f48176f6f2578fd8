"""Process-chart signals of monthly numbers (catalogue §12) on long random series: the model's SQL against plain Python.

No test world is long enough for a baseline of twelve months, so the compiled model reads generated histories.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest

from tests.oracle.speed.charts import LEAST_POINTS, individuals, laney_position, signalled

_SQL = "dbt/target/compiled/deskhouse/models/marts/governance_review/rollup/int_kpi_signals.sql"
_PAST = '"warehouse"."intermediate"."int_kpi_past"'
_SIDES = (1, 1, -1, -1, 0, 0, None)
"""To which side a number gets better; 0 where there is a best value, None where nobody says."""
Row = dict[str, Any]


def series(seed: int) -> list[Row]:
    """One history of 14 to 55 months: a share or an amount, quiet, drifting or jumping."""
    dice = random.Random(seed)
    side = dice.choice(_SIDES)
    is_share, level = dice.random() < 0.5, dice.choice([0.02, 0.3, 0.9])
    spread, drift = dice.choice([0.0, 0.3, 1.0, 3.0]), dice.choice([0.0, 0.0, 0.02])
    found = []
    for place in range(dice.randint(14, 55)):
        month = date(2019 + place // 12, place % 12 + 1, 1)
        if is_share:
            n = dice.randint(15, 400)
            sigma = (level * (1 - level) / n) ** 0.5
            share = min(1.0, max(0.0, dice.gauss(level + drift * place, spread * sigma)))
            numerator: int | None = round(share * n)
            value: float | None = round(share * n) / n
        else:
            # a number per 100 has parts too, but it is no share
            n, numerator = 30, dice.choice([None, 3])
            value = round(dice.gauss(100 * level * (1 + drift * place), 10 * spread), 3)
        if dice.random() < 0.03:
            value = None
        found.append(
            {
                "series_key": f"s{seed}",
                "month": month,
                "value": value,
                "is_share": is_share,
                "numerator": numerator,
                "n": n,
                "miss": dice.choice([0.0, 0.0, 1.0]),
                "good_side": side,
                "is_finished": True,
            }
        )
    return found


def second(rows: list[Row]) -> dict[date, str]:
    """Signals of one series."""
    known = [row for row in rows if row["value"] is not None]
    positions: list[float | None] = []
    found = {}
    for place, row in enumerate(known):
        before = known[:place]
        if len(before) < LEAST_POINTS:
            positions.append(None)
        elif all(other["is_share"] for other in known[: place + 1]):
            shares = [(other["numerator"], other["n"]) for other in before]
            positions.append(laney_position(shares, (row["numerator"], row["n"])))
        else:
            values = [other["value"] for other in before]
            limits = individuals(values, [False] * len(values))
            positions.append(limits.position(row["value"]))
        for side in (1, -1):
            word = _word(row, side, positions)
            if word is not None:
                found[row["month"]] = word
    return found


def _word(row: Row, side: int, positions: list[float | None]) -> str | None:
    last = positions[-1]
    if last is None or not signalled(positions, side):
        return None
    strength = "outlier" if abs(last) > 1 else "shift"
    good = row["good_side"]
    if good == 0:
        return f"{strength}_bad" if row["miss"] > 0 else None
    return None if good is None else f"{strength}_{'good' if good == side else 'bad'}"


@pytest.mark.slow
def test_signals_of_long_series_agree(simulated_home: Path) -> None:
    histories = [series(seed) for seed in range(300)]
    sql = (simulated_home / _SQL).read_text(encoding="utf-8")
    assert sql.count(_PAST) == 1
    with duckdb.connect() as connection:
        rows = pyarrow.Table.from_pylist([row for rows in histories for row in rows])  # noqa: F841 (read below)
        connection.execute(
            "create table history (series_key varchar, month date, value double, is_share boolean, "
            "numerator double, n bigint, miss double, good_side integer, is_finished boolean)"
        )
        connection.execute("insert into history by name select * from rows")
        connection.execute(f"create table signals as {sql.replace(_PAST, 'history')}")
        theirs = {
            (key, month): word
            for key, month, word in connection.execute(
                "select series_key, month, signal from signals where signal <> 'none'"
            ).fetchall()
        }
    ours = {
        (rows[0]["series_key"], month): word
        for rows in histories
        for month, word in second(rows).items()
    }
    differing = {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
    assert not differing, [(key, ours.get(key), theirs.get(key)) for key in sorted(differing)[:10]]
    seen = Counter(ours.values())
    assert min(seen[f"{a}_{b}"] for a in ("outlier", "shift") for b in ("good", "bad")) > 20
