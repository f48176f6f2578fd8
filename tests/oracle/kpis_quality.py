"""Quality reviews, calibration, surveys (catalogue §6 B), recomputed from the reviews, their items and the ratings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from tests.oracle.canonical_rows import Row
from tests.oracle.history import Ticket, is_human_reply
from tests.oracle.keys import UNOWNED, agent_of
from tests.oracle.kpi_snapshots import months
from tests.oracle.kpis import Cell, Facts, Value, month_of
from tests.oracle.kpis_issues import _Issues
from tests.oracle.kpis_ops import (
    CONTACTS,
    Scope,
    Tally,
    reason_of,
    scopes_of,
    source_of,
    team_scope,
)
from tests.oracle.resolutions import Cycle

CLASSES = ("customer_critical", "business_critical", "compliance_critical")
TRAINABLE = ("product_knowledge", "process_knowledge")
LEAST_REVIEWS = 5
MINIMUM = 0.85


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of pass/fail pairs; null when chance alone would agree always."""
    n = len(pairs)
    agreed = sum(1 for a, b in pairs if a == b) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * second + (1 - first) * (1 - second)
    return None if abs(1 - chance) < 1e-12 else (agreed - chance) / (1 - chance)


def alpha(units: Iterable[Sequence[float]]) -> float | None:
    """Krippendorff's alpha with ordinal distances; units with one rating are out."""
    pairable = [unit for unit in units if len(unit) >= 2]
    sizes = Counter(rating for unit in pairable for rating in unit)
    values, n = sorted(sizes), sum(sizes.values())

    def distance(a: float, b: float) -> float:
        low, high = min(a, b), max(a, b)
        between = sum(sizes[v] for v in values if low <= v <= high)
        return float(between - (sizes[low] + sizes[high]) / 2) ** 2

    seen = sum(
        distance(a, b) / (len(unit) - 1)
        for unit in pairable
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    )
    expected = sum(
        sizes[a] * (sizes[b] - (a == b)) * distance(a, b) for a in values for b in values
    )
    return None if not expected else 1 - seen * (n - 1) / expected


def _reviews(facts: Facts) -> list[Row]:
    return [
        row
        for row in facts.world.tables["qa_reviews"]
        if row["reviewed_at"] <= facts.world.as_of and not row["is_deleted_in_source"]
    ]


def _items(facts: Facts) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in facts.world.tables["qa_review_items"]:
        if not row["is_na"] and not row["is_deleted_in_source"]:
            found[row["source_system"], row["review_id"]].append(row)
    return found


def _score(row: Row) -> float:
    return 0.0 if row["critical_fail"] else float(row["points_earned"] / row["points_possible"])


def judged_reviews(facts: Facts) -> Iterator[tuple[Row, Ticket | None, list[Row]]]:
    """Final regular reviews with their ticket, if it is known, and the items that apply."""
    items = _items(facts)
    for row in _reviews(facts):
        ticket = facts.world.tickets.get((source_of(row), row["ticket_id"]))
        is_out = ticket is not None and facts.world.exclusion(ticket.root) is not None
        if row["review_type"] == "regular" and row["status"] == "final" and not is_out:
            yield row, ticket, items[row["source_system"], row["review_id"]]


def review_values(facts: Facts) -> list[Value]:
    """`qa_score`, `qa_critical_accuracy`, `training_error_share`, `agent_quality_rate`."""
    world = facts.world
    scores, counted = Tally(facts), Tally(facts)
    of_agent: dict[tuple[date, str], list[Row]] = defaultdict(list)
    names: dict[str, tuple[str, str]] = {}
    for row, ticket, found in judged_reviews(facts):
        month, source = month_of(row["reviewed_at"], facts.zone), source_of(row)
        agent = agent_of(row["tenant_id"], source, row["agent_id"]) or UNOWNED
        names[agent] = (source, row["agent_id"])
        of_agent[month, agent].append(row)
        team = world.home_team(source, row["agent_id"], row["reviewed_at"])
        if team is None and ticket is not None:
            team = ticket.root.own["team"].at(world.as_of)
        above = _scopes(facts, ticket, team)
        people: list[Scope] = [*above, ("agent", agent)]
        earned = 0.0 if row["critical_fail"] else row["points_earned"]
        scores.add("qa_score", month, people, (earned, row["points_possible"], 1))
        classes = {item["error_class"] for item in found}
        for name in CLASSES:
            clean = int(name not in classes)
            counted.add("qa_critical_accuracy", month, people, (clean, 1, 1), name)
        reason = reason_of(facts, ticket.root) if ticket is not None else "untagged"
        for item in found:
            if item["error_class"] is None and item["error_cause"] is None:
                continue
            scopes: list[Scope] = [*above, ("reason", reason)]
            trained = item["error_cause"] in TRAINABLE and item["training_related"] is not False
            has_cause = item["error_cause"] is not None
            if has_cause:
                counted.add("training_error_share", month, scopes, (int(trained), 1, 1))
            unexplained = (int(not has_cause), 1, 1)
            counted.add("training_error_share", month, scopes, unexplained, "without_cause")
    _agents_above(facts, counted, of_agent, names)
    return scores.values(stat="score") + counted.values(counted=True)


def _scopes(facts: Facts, ticket: Ticket | None, team: str | None) -> list[Scope]:
    if ticket is not None:
        return scopes_of(facts, ticket.root, team)
    return [("company", "company"), ("channel", "no_channel"), team_scope(team)]


def _agents_above(
    facts: Facts,
    tally: Tally,
    of_agent: dict[tuple[date, str], list[Row]],
    names: dict[str, tuple[str, str]],
) -> None:
    world, snapshot = facts.world, dict(months(facts))
    people = set(of_agent)
    for ticket in world.tickets.values():
        if world.exclusion(ticket.root) is not None:
            continue
        source = ticket.row["source_system"]
        for message in ticket.messages:
            author = message["author_id"]
            if author is not None and is_human_reply(message):
                agent = agent_of(ticket.row["tenant_id"], source, author) or UNOWNED
                names[agent] = (source, author)
                people.add((month_of(message["sent_at"], facts.zone), agent))
    for month, agent in people:
        if month not in snapshot:
            continue
        rows = of_agent.get((month, agent), [])
        team = world.home_team(*names[agent], snapshot[month])
        scopes: list[Scope] = [("company", "company"), team_scope(team)]
        is_judged = len(rows) >= LEAST_REVIEWS
        tally.add("agent_quality_rate", month, scopes, (int(is_judged), 1, 1), "coverage")
        if is_judged:
            earned = sum(0 if r["critical_fail"] else r["points_earned"] for r in rows)
            above = earned >= MINIMUM * sum(r["points_possible"] for r in rows) - 1e-9
            tally.add("agent_quality_rate", month, scopes, (int(above), 1, 1))


def calibration_values(facts: Facts) -> list[Value]:
    """`qa_variance` with bias, `qa_agreement` in its three variants."""
    sums, counted, items = Tally(facts), Tally(facts), _items(facts)
    sessions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _reviews(facts):
        is_done = row["status"] in ("submitted", "final")
        if row["review_type"] == "calibration" and is_done and row["calibration_session_id"]:
            sessions[row["source_system"], row["calibration_session_id"]].append(row)
    values: list[Value] = []
    pairs: dict[Cell, list[tuple[bool, bool]]] = defaultdict(list)
    rated: dict[tuple[date, str], dict[Any, list[float]]] = defaultdict(lambda: defaultdict(list))
    for session, rows in sessions.items():
        month = month_of(max(row["reviewed_at"] for row in rows), facts.zone)
        _compared(facts, sums, counted, month, rows)
        _rated(facts, items, month, session, rows, pairs, rated)
    for cell, found in pairs.items():
        agreed = sum(1 for a, b in found if a == b)
        values.append(Value(cell, "ratio", kappa(found), agreed, len(found), len(found)))
    by_month: dict[date, list[tuple[int, str, float | None]]] = defaultdict(list)
    for (month, scale), units in rated.items():
        n = sum(len(unit) for unit in units.values() if len(unit) >= 2)
        if n:
            by_month[month].append((-n, scale, alpha(units.values())))
    for month, scales in by_month.items():
        first = min(scales, key=lambda found: found[:2])
        for size, scale, value in scales:
            variants = [f"alpha:{scale}", *(["alpha"] if scale == first[1] else [])]
            for variant in variants:
                cell = Cell(month, "qa_agreement", "none", "none", variant, "company", "company")
                values.append(Value(cell, "ratio", value, None, None, -size))
    return values + sums.values() + counted.values(counted=True)


def _person(facts: Facts, row: Row) -> list[Scope]:
    source, reviewer = source_of(row), row["reviewer_id"]
    team = facts.world.home_team(source, reviewer, row["reviewed_at"])
    agent = agent_of(row["tenant_id"], source, reviewer) or UNOWNED
    return [team_scope(team), ("agent", agent)]


def _compared(facts: Facts, sums: Tally, counted: Tally, month: date, rows: list[Row]) -> None:
    for row in rows:
        for master in rows:
            is_pair = master["is_benchmark"] and not row["is_benchmark"]
            same = row["ticket_id"] == master["ticket_id"]
            if not is_pair or not same or row["reviewer_id"] == master["reviewer_id"]:
                continue
            gap = 100 * (_score(row) - _score(master))
            scopes: list[Scope] = [("company", "company"), *_person(facts, row)]
            sums.add("qa_variance", month, scopes, (round(abs(gap), 6), 1, 1))
            sums.add("qa_variance", month, scopes, (round(gap, 6), 1, 1), "bias")
            near = int(abs(gap) <= 5 + 1e-9)
            counted.add("qa_agreement", month, scopes, (near, 1, 1), "agreement_pct")


def _rated(
    facts: Facts,
    items: dict[tuple[str, str], list[Row]],
    month: date,
    session: tuple[str, str],
    rows: list[Row],
    pairs: dict[Cell, list[tuple[bool, bool]]],
    rated: dict[tuple[date, str], dict[Any, list[float]]],
) -> None:
    units: dict[tuple[str, str], list[tuple[Row, Row]]] = defaultdict(list)
    for row in rows:
        for item in items[row["source_system"], row["review_id"]]:
            if item["rating"] is not None:
                units[row["ticket_id"], item["criterion_id"]].append((row, item))
    for (ticket, criterion), found in units.items():
        masters = [pair for pair in found if pair[0]["is_benchmark"]]
        others = [pair for pair in found if not pair[0]["is_benchmark"]]
        for _, item in others:
            unit = (session, ticket, criterion)
            rated[month, item["rating_scale"]][unit].append(item["rating"])
        couples = [(a, b) for a in others for b in masters]
        if not masters and len(others) == 2:
            couples = [tuple(sorted(others, key=lambda pair: pair[0]["reviewer_id"]))]  # type: ignore[list-item]
        for (row, item), (other, second) in couples:
            same = row["reviewer_id"] == other["reviewer_id"]
            scales = {item["rating_scale"], second["rating_scale"]}
            if same or scales != {"pass_fail"}:
                continue
            scopes = {("company", "company"), *_person(facts, row)}
            if not other["is_benchmark"]:
                scopes |= set(_person(facts, other))
            for scope in scopes:
                for variant in ("kappa", f"kappa:{criterion}"):
                    cell = Cell(month, "qa_agreement", "none", "none", variant, *scope)
                    pairs[cell].append((item["rating"] > 0, second["rating"] > 0))


# ---- surveys


def survey_values(facts: Facts) -> list[Value]:
    """`survey_response_rate` with what was suppressed, and `fcr_survey`."""
    world, rates, counts = facts.world, Tally(facts), Tally(facts)
    sends: dict[int, list[tuple[int, str, Row, Ticket]]] = defaultdict(list)
    by_root: dict[int, list[Cycle]] = defaultdict(list)
    for cycle in facts.cycles:
        by_root[id(cycle.root)].append(cycle)
    for row in world.tables["survey_sends"]:
        ticket = world.tickets.get((source_of(row), row["ticket_id"]))
        if ticket is None or world.exclusion(ticket.root) is not None:
            continue
        if row["sent_at"] <= world.as_of and not row["is_deleted_in_source"]:
            root = ticket.root
            sends[id(root)].append((row["sent_at"], row["survey_sent_id"], row, root))
    named, unnamed = set(), defaultdict(list)
    for answer in facts.answers:
        survey = answer.row["survey_sent_id"]
        if survey is not None:
            named.add((answer.row["source_system"], survey))
        else:
            unnamed[id(answer.root)].append(answer.row["responded_at"])
    for number, found in sends.items():
        sent = sorted(
            (one for one in found if one[2]["suppressed_reason"] is None), key=lambda s: s[:2]
        )
        for place, (when, survey, row, root) in enumerate(sent):
            until = sent[place + 1][0] if place + 1 < len(sent) else world.as_of + 1
            is_answered = (row["source_system"], survey) in named or any(
                when <= answered < until for answered in unnamed[number]
            )
            scopes = _resolver_scopes(facts, by_root, root, when)
            month = month_of(when, facts.zone)
            rates.add("survey_response_rate", month, scopes, (int(is_answered), 1, 1))
        for when, _, row, root in found:
            if row["suppressed_reason"] is not None:
                variant = f"suppressed:{row['suppressed_reason']}"
                scopes = _resolver_scopes(facts, by_root, root, when)
                month = month_of(when, facts.zone)
                counts.add("survey_response_rate", month, scopes, (1, 0, 1), variant)
    _first_contact(facts, rates)
    values = rates.values(counted=True)
    for cell, (top, _, _) in counts.cells.items():
        values.append(Value(cell, "count", top, top, None, round(top)))
    return values


def _resolver_scopes(
    facts: Facts, by_root: dict[int, list[Cycle]], root: Ticket, when: int
) -> list[Scope]:
    ended = [c for c in by_root[id(root)] if c.ended_at is not None and c.ended_at <= when]
    last = max(ended, key=lambda cycle: cycle.ended_at or 0, default=None)
    team = last.resolver_team if last is not None else None
    if team is None:
        team = root.own["team"].at(facts.world.as_of)
    row = root.row
    resolver = last.resolver if last is not None else None
    agent = agent_of(row["tenant_id"], row["source_system"], resolver) or UNOWNED
    return [*scopes_of(facts, root, team), ("agent", agent)]


def _first_contact(facts: Facts, tally: Tally) -> None:
    issues = _Issues(facts)
    turns: dict[Any, list[int]] = defaultdict(list)
    for row in facts.obligations:
        is_thanks = row.state == "waived" and row.turn.waiver == "thank_you_rule"
        if row.turn.kind in CONTACTS and row.state != "excluded" and not is_thanks:
            turns[issues.issue(row.root)].append(row.turn.started_at)
    for answer in facts.answers:
        resolved = answer.row["resolved_answer"]
        is_out = facts.world.exclusion(answer.root) is not None
        if not answer.is_latest or is_out or resolved is None:
            continue
        needed = answer.row["contacts_needed_answer"]
        when = answer.row["responded_at"]
        if needed is None:
            needed = str(sum(1 for t in turns[issues.issue(answer.root)] if t <= when))
        row = answer.root.row
        agent = agent_of(row["tenant_id"], row["source_system"], answer.agent) or UNOWNED
        scopes: list[Scope] = [*scopes_of(facts, answer.root, answer.team), ("agent", agent)]
        hit = int(resolved == "yes" and needed == "1")
        tally.add("fcr_survey", month_of(when, facts.zone), scopes, (hit, 1, 1))


def quality_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    return review_values(facts) + calibration_values(facts) + survey_values(facts)
