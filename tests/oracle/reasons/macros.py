"""What macros resolve and who tags again (cards `macro_resolution_rate`, `retag_rate`)."""

from __future__ import annotations

from tests.oracle.cycles.resolutions import MATURITY, Cycle
from tests.oracle.numbers.kpis import NO_AGENT, Collector
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.tickets import Ticket, is_human_reply

_MACRO_LEVELS = ("company", "platform", "marketplace_account", "channel", "macro")


def collect_macros(found: Collector) -> None:
    """Both cards, from the last resolutions of root tickets."""
    facts = found.facts
    cycles: dict[int, list[Cycle]] = {}
    for cycle in facts.cycles:
        if cycle.exclusion is None and cycle.ended_at is not None:
            cycles.setdefault(id(cycle.root), []).append(cycle)
            if cycle.is_last:
                _retagged(found, cycle)
    for group in facts.world.groups():
        old = [
            cycle
            for cycle in cycles.get(id(group[0]), [])
            if cycle.ended_at is not None and cycle.ended_at + MATURITY <= facts.world.as_of
        ]
        if old:
            _used(found, group, max(old, key=lambda cycle: cycle.number))


def _used(found: Collector, group: list[Ticket], cycle: Cycle) -> None:
    ended = cycle.ended_at
    assert ended is not None
    replies = sorted(
        (m for ticket in group for m in ticket.messages if is_human_reply(m)),
        key=lambda m: (m["sent_at"], m["message_id"]),
    )
    replies = [m for m in replies if m["sent_at"] <= ended]
    source = cycle.root.row["source_system"]
    known = {
        m["macro_id"] for m in found.facts.world.tables["macros"] if m["source_system"] == source
    }
    for macro in {m["macro_id"] for m in replies if m["macro_id"] is not None}:
        is_resolved = replies[-1]["macro_id"] == macro and not cycle.is_reopened_within_7d
        found.add(
            "macro_resolution_rate",
            ended,
            cycle.root,
            None,
            NO_AGENT,
            hit=int(is_resolved),
            of=1,
            subject=("macro", macro if macro in known else "unknown"),
            levels=_MACRO_LEVELS,
        )


def _retagged(found: Collector, cycle: Cycle) -> None:
    facts, root, ended = found.facts, cycle.root, cycle.ended_at
    assert ended is not None
    first = _first_reason(found, root)
    if first is None or first["kind"] != "reason":
        return
    final = facts.world.tags.get((root.row["source_system"], facts.reason_of(root)))
    is_kept = final is not None and _is_at_or_below(found, final, first)
    changes = [event for event in root.events if event["event_type"] == "reason_change"]
    tagging = next((event for event in changes if event["to_value"] is not None), None)
    is_known = tagging is not None and not any(
        event["from_value"] is not None for event in changes[: changes.index(tagging) + 1]
    )
    agent, team = None, root.own["team"].at(facts.world.as_of)
    if tagging is not None and is_known:
        agent = tagging["actor_id"] if tagging["actor_role"] == "agent" else None
        team = facts.judge.team_of(root, agent, tagging["occurred_at"])
    found.add("retag_rate", ended, root, team, agent, hit=int(not is_kept), of=1)


def _first_reason(found: Collector, root: Ticket) -> Row | None:
    timeline = root.own["reason"]
    for start, _ in timeline.steps:
        value = timeline.at(start)
        if value is not None:
            return _tag(found, root, value)
    return None


def _tag(found: Collector, root: Ticket, tag_id: str | None) -> Row | None:
    tags, source = found.facts.world.tags, root.row["source_system"]
    tag = tags.get((source, tag_id))
    return tags.get((source, tag["canonical_tag_id"]), tag) if tag is not None else None


def _is_at_or_below(found: Collector, tag: Row, above: Row) -> bool:
    tags, source = found.facts.world.tags, tag["source_system"]
    current: Row | None = tag
    for _ in range(5):
        if current is None or current["tag_id"] == above["tag_id"]:
            break
        parent = tags.get((source, current["parent_tag_id"]))
        if parent is not None and parent["canonical_tag_id"] is not None:
            parent = tags.get((source, parent["canonical_tag_id"]), parent)
        current = parent
    return current is not None and current["tag_id"] == above["tag_id"]
