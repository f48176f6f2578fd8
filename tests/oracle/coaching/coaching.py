"""Coaching flags of the week and the rows behind them, computed a second time (catalogue §13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.oracle.coaching.coaching_facts import ALL
from tests.oracle.coaching.coaching_rules import raisable
from tests.oracle.coaching.coaching_words import KPIS
from tests.oracle.coaching.weeks import Flag, Week
from tests.oracle.comparison.compare import computed_world, warehouse_rows
from tests.oracle.comparison.marts import Rows
from tests.oracle.comparison.rows import Out
from tests.oracle.scorecards.fairness import Board
from tests.oracle.scorecards.scorecards import scorecards
from tests.oracle.world.canonical_rows import DAY, instant, read_warehouse
from tests.oracle.world.keys import key

FLAGS, EVIDENCE = "agent_sla.coaching_flags", "agent_sla.coaching_evidence"
FLAG_KEYS = ("flag_id", "subject", "agent_key", "team_key", "week")
TOLD = ("subject", "about", "place")
EVIDENCE_KEYS = ("flag_id", "ticket_key", "happened_at", *TOLD)
"""``about`` is the person, or the team of a flag about a team; ``place`` tells facts of one instant apart."""


def flags(path: Path, as_of: datetime) -> dict[str, list[Flag]]:
    """Flags of every tenant."""
    canonical, cards = read_warehouse(path), scorecards(path, as_of)
    found = {}
    for tenant in computed_world(path, as_of):
        name = tenant.world.tenant
        board = Board(path, as_of, name, canonical)
        own = {identity[1:]: card for identity, card in cards.items() if identity[0] == name}
        week = Week(board, tenant.facts, own)
        told = [*week.findings(), *week.signals()] if week.periods else []
        can_be_raised = raisable(tenant.facts)
        found[name] = [flag for flag in told if can_be_raised[_rule(flag.name)]]
    return found


def _rule(flag: str) -> str:
    return "slow_on_platform" if flag.startswith("slow_on_platform") else flag


def flag_rows(path: Path, as_of: datetime, found: dict[str, list[Flag]]) -> dict[str, Rows]:
    """Rows of ``coaching_flags`` by ``FLAG_KEYS`` with the action that answers each."""
    actions = warehouse_rows(path, "governance_review.actions")
    now = instant(as_of)
    assert now is not None
    since = now - 90 * DAY
    rows: dict[str, dict[tuple[Any, ...], Out]] = {}
    for tenant, own in found.items():
        rows[tenant] = {}
        for flag in own:
            person = flag.agent or "team"
            number = key(tenant, flag.week, flag.name, person, flag.team or "", flag.subject)
            kpi = KPIS.get(flag.name, "sla_compliance")
            about = ("agent", flag.agent) if flag.agent else ("team", flag.team)
            answers = [
                action
                for action in actions
                if action["tenant_id"] == tenant
                and (
                    action["evidence_ref"] == number
                    or (
                        (action["scope_type"], action["scope_id"]) == about
                        and action["kpi_id"] == kpi
                        and action["meeting_at"] >= since
                    )
                )
            ]
            answers.sort(key=lambda action: action["action_id"])
            answers.sort(key=lambda action: action["meeting_at"], reverse=True)
            answers.sort(key=lambda action: action["evidence_ref"] != number)
            answer = answers[0] if answers else {"action_id": None, "status": None, "outcome": None}
            identity = (flag.name, _plain(flag.subject), flag.agent, flag.team, flag.week)
            rows[tenant][identity] = {
                "kpi_id": kpi,
                "is_coaching": flag.is_coaching,
                "action_id": answer["action_id"],
                "action_status": answer["status"],
                "action_outcome": answer["outcome"],
            }
    return rows


def evidence_rows(found: dict[str, list[Flag]]) -> dict[str, Rows]:
    """Rows of ``coaching_evidence`` by ``EVIDENCE_KEYS``."""
    rows: dict[str, dict[tuple[Any, ...], Out]] = {}
    for tenant, own in found.items():
        told = [
            {
                "flag_id": flag.name,
                "subject": _plain(flag.subject),
                "about": flag.agent or flag.team,
                "agent_key": flag.agent,
                "ticket_key": ticket,
                "happened_at": at,
                "numerator": float(numerator),
                "denominator": float(denominator),
            }
            for flag in own
            for ticket, at, numerator, denominator in flag.facts
        ]
        rows[tenant] = {
            tuple(row[name] for name in EVIDENCE_KEYS): {
                name: row[name] for name in ("agent_key", "numerator", "denominator")
            }
            for row in numbered(told)
        }
    return rows


def numbered(rows: Iterable[Out]) -> Iterator[Out]:
    """Evidence with a place among the facts of one ticket and instant, smallest parts first."""
    seen = Counter[tuple[Any, ...]]()
    ordered = sorted(rows, key=lambda row: (float(row["numerator"]), float(row["denominator"])))
    for row in ordered:
        there = tuple(row[name] for name in EVIDENCE_KEYS[:-1])
        seen[there] += 1
        yield row | {"place": seen[there]}


def told_apart(flags: Iterable[Out], evidence: Iterable[Out]) -> list[Out]:
    """Rows of ``coaching_evidence`` with reason and person or team of their flag, and a place instead of a key."""
    about = {
        row["coaching_flag_id"]: {
            "subject": row["subject"],
            "about": row["agent_key"] or row["team_key"],
        }
        for row in flags
    }
    return list(numbered(row | about[row["coaching_flag_id"]] for row in evidence))


def _plain(subject: str) -> str | None:
    return None if subject == ALL else subject
