"""The month of the people, by right: colleagues for who may see them, the spread of a team for everybody else."""

from __future__ import annotations

from collections import Counter
from typing import Any

from orchestration.pack.facts import Place
from orchestration.pack.numbers import number
from orchestration.pack.records import Colleague, Spread
from orchestration.presenting.persons import LABELLED
from orchestration.presenting.publication import Publication

_FEWEST = 4
"""A smaller team's spread would tell of single people."""
_GATES = ("closed_without_reply", "unanswered_deletions", "critical_quality_error", "waivers")
_CARDS = f"""
select cards.*, people.label, teams.team_id
from agent_sla.agent_scorecards as cards
inner join ({LABELLED}) as people on cards.agent_key = people.agent_key
    and people.agent_analytics_allowed and people.agent_views <> 'off' and not people.is_bot
left join core.dim_teams as teams on cards.team_key = teams.team_key
where cards.tenant_id = ? and cards.period_type = 'month' and cards.period_start = ? and cards.platform = 'all'
order by cards.layer desc, teams.name nulls first, teams.team_id, people.label, cards.agent_key
"""


def people_of(
    publication: Publication, place: Place, *, sees_names: bool
) -> tuple[list[Colleague], list[Spread]]:
    """Scorecards of the month's colleagues (empty without the right to see them), and how teams are spread."""
    rows = publication.rows(_CARDS, [place.tenant_id, place.month])
    for row in rows:
        # teams of one name are two: together they would tell of neither
        row["team"] = place.called("team", row["team_id"]) if row["team_id"] else ""
    colleagues = [_colleague(row) for row in rows if row["n"]] if sees_names else []
    return colleagues, _spreads(rows)


def _colleague(row: dict[str, Any]) -> Colleague:
    return Colleague(
        agent_key=row["agent_key"],
        name=row["label"] or "",
        team=row["team"],
        layer=row["layer"],
        n=int(row["n"]),
        raw_rate=number(row["raw_rate"]),
        adjusted_rate=number(row["adjusted_rate"]),
        low=number(row["adjusted_low"]),
        high=number(row["adjusted_high"]),
        goal=number(row["goal"]),
        band=row["band"],
        gates=tuple(gate for gate in _GATES if row[f"gate_{gate}"]),
    )


def _spreads(rows: list[dict[str, Any]]) -> list[Spread]:
    sizes = Counter((row["layer"], row["team"]) for row in rows)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        is_small = sizes[row["layer"], row["team"]] < _FEWEST
        team = "" if is_small else row["team"]
        counts.setdefault((row["layer"], team), Counter())[row["band"]] += 1
    return [
        Spread(
            team,
            layer,
            bands["above"],
            bands["in_range"],
            bands["below"],
            bands["insufficient"],
        )
        for (layer, team), bands in counts.items()
        # those few together would still be single people
        if team or sum(bands.values()) >= _FEWEST
    ]
