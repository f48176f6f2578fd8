"""The top five, the vital few and moves beyond chance by hand (catalogue §16, F35)."""

from __future__ import annotations

from collections import Counter

from tests.oracle.reasons.reasons import ranking, real_moves, vital_few


def test_f35_top_five_and_vital_few() -> None:
    volumes: Counter[str | None] = Counter(
        {
            "tracking": 310,
            "return": 190,
            "product": 120,
            "damaged": 90,
            "cancel": 70,
            "other": 140,
            None: 80,
        }
    )
    ranked = ranking(volumes, dict.fromkeys(["tracking", "return", "product"], 0))
    top = sum(volumes[name] for name in ranked[:5])
    few = vital_few(volumes, ranked)
    assert (top / 1000, round(top / 920 * 100, 1), few) == (0.78, 84.8, 5)


def test_only_moves_beyond_chance_are_real() -> None:
    now: Counter[str | None] = Counter({"late": 60, "return": 45, "size": 31, None: 64})
    then: Counter[str | None] = Counter({"late": 30, "return": 46, "size": 32, None: 92})
    assert real_moves(now, then) == {"late"}
