"""Quality reviews, recomputed from their items (catalogue §6 B).

`qa_score`, `qa_critical_accuracy`, `training_error_share`, `agent_quality_rate`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope, Tally, scopes_of, team_scope
from tests.oracle.people.handle_times import reason_of
from tests.oracle.people.time import source_of
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.tickets import Ticket, is_human_reply

CLASSES = ("customer_critical", "business_critical", "compliance_critical")
TRAINABLE = ("product_knowledge", "process_knowledge")
LEAST_REVIEWS = 5
MINIMUM = 0.85


def reviews_of(facts: Facts) -> list[Row]:
    return [
        row
        for row in facts.world.tables["qa_reviews"]
        if row["reviewed_at"] <= facts.world.as_of and not row["is_deleted_in_source"]
    ]


def items_of(facts: Facts) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in facts.world.tables["qa_review_items"]:
        if not row["is_na"] and not row["is_deleted_in_source"]:
            found[row["source_system"], row["review_id"]].append(row)
    return found


def judged_reviews(facts: Facts) -> Iterator[tuple[Row, Ticket | None, list[Row]]]:
    """Final regular reviews with their ticket, if it is known, and the items that apply."""
    items = items_of(facts)
    for row in reviews_of(facts):
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
