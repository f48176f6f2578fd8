"""Second computation of the fair scorecard (catalogue §11.1 to §11.5): O/E, adjusted rate, interval, band, place.

Reads facts of core and canonical rows; no SQL of the project computes anything here. One board per period, layer
and platform (`all` = every platform together), before gates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.oracle.comparison.compare import warehouse_rows
from tests.oracle.comparison.rows import Out
from tests.oracle.scorecards.cards import Card, Cell, Period, Stratum
from tests.oracle.world.calendar import Calendars
from tests.oracle.world.canonical_rows import Row, instant, moment
from tests.oracle.world.history import home_on
from tests.oracle.world.keys import UNOWNED, agent_of

LAYERS = ("marketplace", "internal")
Cards = dict[str, dict[str, "Card"]]
"""Cards of persons by platform board."""
ALL = "all"
_LENGTHS = (7, 28, 90)


class Board:
    """The facts of one tenant and the cards computed from them."""

    def __init__(self, path: Path, as_of: datetime, tenant: str, canonical: dict[str, Any]) -> None:
        """Read core once; ``canonical`` are the typed canonical rows."""
        self.tenant, self.path = tenant, path
        seen = instant(as_of)
        assert seen is not None
        self.as_of = seen
        self.calendars = Calendars(canonical, tenant)
        self.turns = self.core("fct_response_obligations")
        self.messages = self.core("fct_messages")
        self.tags = {row["tag_key"]: row for row in self.core("dim_tags")}
        self.teams = {row["team_key"]: row["calendar_id"] for row in self.core("dim_teams")}
        self.agents = {row["agent_key"]: row for row in self.core("dim_agents")}
        self.homes: dict[str | None, list[Row]] = defaultdict(list)
        for row in canonical["team_membership"]:
            if row["tenant_id"] == tenant:
                self.homes[agent_of(tenant, row["source_system"], row["agent_id"])].append(row)
        self.targets = [
            row
            for row in by_tenant(path, "governance_review.kpi_targets").get(tenant, [])
            if (row["kpi_id"], row["stat"]) == ("sla_compliance", "ratio")
        ]
        windows = canonical["incident_windows"]
        self.incidents = [row for row in windows if row["tenant_id"] == tenant]
        self.strata = {row["obligation_key"]: self._stratum(row) for row in self.turns}

    def core(self, table: str) -> list[Out]:
        """Rows of a table of core."""
        return by_tenant(self.path, f"core.{table}").get(self.tenant, [])

    def periods(self) -> list[Period]:
        """The last 7, 28 and 90 days, thirteen months and the finished quarters they reach back to."""
        days = sorted(
            (row for row in self.core("dim_dates") if row["day_start_at"] <= self.as_of),
            key=lambda row: row["date_day"],
        )
        if not days:
            return []
        now = moment(self.as_of)
        oldest = date(now.year - 1, now.month, 1)
        groups = {(f"{n}d", days[-n:][0]["date_day"]): days[-n:] for n in _LENGTHS}
        for day in days:
            if day["month"] >= oldest:
                groups.setdefault(("month", day["month"]), []).append(day)
            quarter = day["month"].replace(month=(day["month"].month - 1) // 3 * 3 + 1)
            groups.setdefault(("quarter", quarter), []).append(day)
        periods = [
            Period(
                kind, first, rows[-1]["date_day"], rows[0]["day_start_at"], rows[-1]["day_end_at"]
            )
            for (kind, first), rows in groups.items()
        ]
        return [p for p in periods if p.kind != "quarter" or p.stop <= self.as_of]

    def _stratum(self, turn: Out) -> Stratum:
        names = (
            "team_key",
            "internal_sla_owner_team_key",
            "marketplace_sla_owner_team_key",
            "responder_team_key",
            "holder_team_key",
        )
        team = next((turn[name] for name in names if turn[name] is not None), None)
        calendar = self.teams.get(team)
        started = turn["started_at"]
        # one that is named and not described has no hours to be in
        is_described = calendar in self.calendars.zones
        is_open = calendar is None or (
            is_described and bool(self.calendars.windows(calendar, started, started + 1))
        )
        return (
            turn["channel_class"] or "none",
            turn["platform"] or "none",
            self._reason_group(turn["reason_tag_key"]),
            turn["priority"] or "none",
            "in_hours" if is_open else "out_of_hours",
        )

    def _reason_group(self, tag: str | None) -> str:
        row, steps = self.tags.get(tag or ""), 0
        while row is not None and steps < 5:
            row = self.tags.get(row["canonical_tag_key"] or row["tag_key"], row)
            if row["parent_tag_key"] is None:
                return str(row["name"]).lower() if row["kind"] == "reason" else "untagged"
            row, steps = self.tags.get(row["parent_tag_key"]), steps + 1
        return "untagged"

    def home(self, agent: str, day: date) -> str | None:
        """Home team on a day."""
        return home_on(self.homes[agent], day)

    def _started(self, agent: str) -> date | None:
        hired: date | None = self.agents[agent]["hired_on"]
        starts = [moment(row["valid_from"]).date() for row in self.homes[agent]]
        return hired or min(starts, default=None)

    def _verdicts(self, period: Period, layer: str) -> Iterable[Out]:
        for turn in self.turns:
            at = turn[f"{layer}_verdict_at"]
            if turn[f"{layer}_verdict"] in ("met", "breached") and period.start <= at < period.stop:
                yield turn

    def judged(self, period: Period, layer: str) -> Iterator[tuple[Out, int]]:
        """Turns that a card counts, with the instant of their verdict."""
        rated = self.rated(period)
        for turn in self._verdicts(period, layer):
            if _is_counted(turn, rated):
                yield turn, turn[f"{layer}_verdict_at"]

    def rated(self, period: Period) -> set[str]:
        """Channels that name too few of their authors or have too many uncertain verdicts are not in it."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for message in self.messages:
            if message["is_qualifying_reply"] and period.start <= message["sent_at"] < period.stop:
                count = counts[message["channel_key"]]
                count[0] += 1
                count[1] += message["author_agent_key"] is not None
        for layer in LAYERS:
            for turn in self._verdicts(period, layer):
                count = counts[turn["channel_key"]]
                count[2] += 1
                count[3] += not turn["is_time_uncertain"]
        return {
            channel
            for channel, (replies, known, verdicts, certain) in counts.items()
            if known * 100 >= replies * 95 and certain * 100 >= verdicts * 98
        }

    def cards(self, period: Period, layer: str, rated: set[str]) -> Cards:
        """Cards of everybody judged in the period, before bands."""
        cells: dict[tuple[Stratum, str], Cell] = defaultdict(Cell)
        for turn in self._verdicts(period, layer):
            agent = turn[f"{layer}_sla_owner_agent_key"] or UNOWNED
            if agent == UNOWNED:
                continue
            cell = cells[self.strata[turn["obligation_key"]], agent]
            if _is_counted(turn, rated):
                cell.n += 1
                cell.met += turn[f"{layer}_verdict"] == "met"
            else:
                cell.left_out += 1
        pools: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        for (stratum, agent), cell in cells.items():
            for width in (5, 4, 3, 2, 0):
                for name in (("", *stratum[:width]), (agent, *stratum[:width])):
                    pools[name][0] += cell.n
                    pools[name][1] += cell.met
        cards: dict[str, dict[str, Card]] = defaultdict(lambda: defaultdict(Card))
        for (stratum, agent), cell in cells.items():
            share = _pooled(pools, stratum, agent)
            for board in (ALL, stratum[1]):
                card = cards[board][agent]
                card.n, card.met = card.n + cell.n, card.met + cell.met
                card.left_out += cell.left_out
                card.has_pool = pools[("",)][0] > 0
                card.expected += cell.n * share
                card.variance += cell.n * share * (1 - share)
        for people in cards.values():
            judged = sum(card.n for card in people.values())
            met = sum(card.met for card in people.values())
            for agent, card in people.items():
                card.overall = met / judged if judged else None
                card.team = self.home(agent, period.last)
                started = self._started(agent)
                is_new = started is not None and started > period.last - timedelta(days=30)
                card.ineligible = _ineligible(bool(self.agents[agent]["is_bot"]), is_new, card)
        return cards

    def goal(self, layer: str, platform: str, day: date) -> float | None:
        """Goal of the platform on a day, else of the company."""
        for scope_type, scope_id in (("platform", platform), ("company", None)):
            found = [
                float(row["target"])
                for row in self.targets
                if row["layer"] == layer
                and row["scope_type"] == scope_type
                and scope_id in (None, row["scope_id"])
                and row["valid_from"] <= day
                and (row["valid_to"] is None or day < row["valid_to"])
            ]
            if found:
                return max(found)
        return None


@cache
def by_tenant(path: Path, table: str) -> dict[str, list[Out]]:
    """Rows of a finished warehouse, read once for all tenants."""
    found: dict[str, list[Out]] = defaultdict(list)
    for row in warehouse_rows(path, table):
        found[row["tenant_id"]].append(row)
    return dict(found)


def _is_counted(turn: Out, rated: set[str]) -> bool:
    """Whether a verdict is certain and its channel, if it has one, names its people."""
    return not turn["is_time_uncertain"] and turn["channel_key"] in rated | {None}


def _pooled(pools: dict[tuple[str, ...], list[int]], stratum: Stratum, agent: str) -> float:
    """What everybody reached in the narrowest stratum that is large enough and has somebody else in it."""
    for width, least in ((5, 50), (4, 50), (3, 50), (2, 1), (0, 0)):
        n, met = pools["", *stratum[:width]]
        own_n, own_met = pools[agent, *stratum[:width]]
        if width and (n < least or n <= own_n):
            continue
        if own_n * 10 > n * 3 and n > own_n:
            return (met - own_met) / (n - own_n)
        return met / n if n else 0.0
    raise AssertionError("the widest stratum has no minimum")


def _ineligible(is_bot: bool, is_new: bool, card: Card) -> str | None:
    if is_bot:
        return "automatic responder"
    if is_new:
        return "fewer than 30 days with the team"
    if card.n + card.left_out == 0:
        return "no judged obligations"
    if card.n == 0:
        return "the sources of the channel do not name persons or times well enough"
    return None
