"""Macros by month, reason and platform (``tag_volume.macro_monthly``): uses, resolutions, handle time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import Any

from tests.oracle.cycles.issues import issue_facts
from tests.oracle.numbers.kpis import Facts, Recorder, platform_of
from tests.oracle.numbers.statistics import month_of, quantile
from tests.oracle.reasons.macros import collect_macros
from tests.oracle.reasons.reason_times import macros_used, timed_cycles
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.world.measurable import Measurable
from tests.oracle.world.tickets import Ticket, is_human_reply

Out = dict[str, Any]
Place = tuple[date, str, str | None]
"""Month, reason and platform."""


@dataclass
class Tally:
    """What is known of a macro, or of working without one."""

    edits: list[float] = field(default_factory=list)
    uses: int = 0
    judged: list[float] = field(default_factory=list)
    issues: list[float] = field(default_factory=list)
    handle: list[float] = field(default_factory=list)

    @property
    def median(self) -> float | None:
        """Median handle time."""
        return quantile(self.handle, 0.5) if self.handle else None


def macro_months(facts: Facts) -> dict[tuple[str, Place], Out]:
    """Columns by macro and place."""
    tallies: dict[tuple[str | None, Place], Tally] = defaultdict(Tally)
    _uses(facts, tallies)
    found = Recorder(facts)
    collect_macros(found)
    silent = Measurable(facts.world, facts.zone).silent("macro_resolution_rate")
    for fact in found.rows:
        is_told = fact.root is None or fact.root.row["source_system"] not in silent
        if fact.kpi == "macro_resolution_rate" and is_told:
            tallies[fact.subject, _place(facts, fact.when, fact.root)].judged.append(fact.hit)
    _issues(facts, tallies)
    used = macros_used(facts)
    silent = Measurable(facts.world, facts.zone).silent("macro_aht_delta")
    for cycle, seconds in timed_cycles(facts):
        ended = cycle.ended_at or 0
        if cycle.root.row["source_system"] in silent:
            continue
        if reason_name(facts, cycle.root) is not None:
            names: Iterable[str | None] = {m for at, m in used[id(cycle.root)] if at <= ended}
            for name in names or [None]:
                tallies[name, _place(facts, ended, cycle.root)].handle.append(seconds)
    names = macro_names(facts)
    return {
        (name, place): _columns(tally, tallies.get((None, place), Tally()))
        | {"macro_name": names.get(name)}
        for (name, place), tally in tallies.items()
        if name is not None
    }


def macro_names(facts: Facts) -> dict[str, str]:
    """Latest name of every macro."""
    rows = sorted(facts.world.tables["macros"], key=lambda row: (row["valid_from"], row["version"]))
    return {row["macro_id"]: row["name"] for row in rows}


def _place(facts: Facts, when: int, root: Ticket) -> Place:
    name = reason_name(facts, root) or "untagged"
    return month_of(when, facts.zone), name, platform_of(facts, root)


def _uses(facts: Facts, tallies: dict[tuple[str | None, Place], Tally]) -> None:
    known = {(m["source_system"], m["macro_id"]) for m in facts.world.tables["macros"]}
    for ticket in facts.world.tickets.values():
        if facts.world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            macro = message["macro_id"]
            if macro is not None and is_human_reply(message):
                name = macro if (ticket.row["source_system"], macro) in known else "unknown"
                tally = tallies[name, _place(facts, message["sent_at"], ticket.root)]
                tally.uses += 1
                if message["macro_edit_ratio"] is not None:
                    tally.edits.append(message["macro_edit_ratio"])


def _issues(facts: Facts, tallies: dict[tuple[str | None, Place], Tally]) -> None:
    rows = issue_facts(facts)
    macros = {(f.when, id(f.root)): f.subject for f in rows if f.kpi == "macro_fcr"}
    silent = Measurable(facts.world, facts.zone).silent("macro_fcr")
    for fact in rows:
        if fact.kpi == "fcr_operational" and fact.root.row["source_system"] not in silent:
            name = macros.get((fact.when, id(fact.root)))
            tallies[name, _place(facts, fact.when, fact.root)].issues.append(fact.hit)


def _columns(own: Tally, plain: Tally) -> Out:
    both = own.median is not None and plain.median is not None
    return {
        "uses": own.uses,
        "mean_edit_ratio": fmean(own.edits) if own.edits else None,
        "tickets_judged": len(own.judged),
        "tickets_resolved": sum(own.judged),
        "resolution_rate": fmean(own.judged) if own.judged else None,
        "issues": len(own.issues),
        "issues_first_contact": sum(own.issues),
        "first_contact_resolution": fmean(own.issues) if own.issues else None,
        "issues_without_macro": len(plain.issues),
        "first_contact_resolution_without_macro": fmean(plain.issues) if plain.issues else None,
        "tickets_timed": len(own.handle),
        "handle_median_s": own.median,
        "tickets_timed_without_macro": len(plain.handle),
        "handle_median_without_macro_s": plain.median,
        "handle_delta_s": (own.median or 0) - (plain.median or 0) if both else None,
    }
