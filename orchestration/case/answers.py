"""Parts of a told story: what was owed, who held it, how it was solved, and everything in order."""

from __future__ import annotations

from typing import Any

from orchestration.case.facts import Row
from orchestration.case.sections import VERDICTS, Section, plain, who
from orchestration.case.story import Story
from orchestration.presenting.languages import Language

LAYERS = ("marketplace", "internal")


def turns(story: Story, own: Language) -> Section:
    """Each answer that was owed, under both promises, with the time that people spent on it."""
    heads = (
        "turn",
        "kind",
        "asked",
        "answered",
        "by",
        "took",
        "worked on",
        "marketplace",
        "our promise",
    )
    rows = [
        (
            str(turn["turn_no"] or ""),
            plain(turn["kind"]),
            own.instant(turn["started_at"]),
            own.instant(turn["satisfied_at"]) or plain(turn["state"]),
            story.name(turn["responder_agent_key"]),
            own.duration(turn["elapsed_cal_s"]),
            _worked(story, own, turn),
            *(_verdict(story, own, turn, layer) for layer in LAYERS),
        )
        for turn in story.turns
    ]
    return Section("What was owed", heads, rows, "No customer turn is known.")


def _worked(story: Story, own: Language, turn: Row) -> str:
    spent = story.handling(turn)
    if spent is None:
        return ""
    seconds, is_measured = spent
    return own.duration(seconds) + ("" if is_measured else " (estimated)")


def _verdict(story: Story, own: Language, turn: Row, layer: str) -> str:
    verdict = turn[f"{layer}_verdict"]
    if verdict is None:
        return "no promise"
    said = VERDICTS.get(verdict, plain(verdict))
    due = own.instant(turn[f"{layer}_due_at"])
    parts = [said + (f" (due {due})" if due else "")]
    if turn[f"{layer}_overrun_s"]:
        parts.append(f"{own.duration(turn[f'{layer}_overrun_s'])} over")
    owner = story.name(turn[f"{layer}_sla_owner_agent_key"])
    if owner and turn[f"{layer}_owner_rule"]:
        parts.append(f"{owner}: {plain(turn[f'{layer}_owner_rule'])}")
    if turn["is_time_uncertain"]:
        parts.append("time uncertain")
    return ", ".join(parts)


def holders(story: Story, own: Language) -> Section:
    """Who held the ticket while the customer waited."""
    rows = [
        (
            str(part["turn_no"] or ""),
            plain(part["holder_class"]),
            story.name(part["agent_key"]),
            own.instant(part["from_at"]),
            own.instant(part["to_at"]),
            own.duration(part["cal_s"]),
        )
        for part in story.holders
    ]
    heads = ("turn", "held by", "who", "from", "to", "for")
    return Section("Who held it while the customer waited", heads, rows, "Nobody waited.")


def cycles(story: Story, own: Language) -> Section:
    """Resolutions and what became of their promises."""
    promises: dict[Any, list[str]] = {}
    for one in story.promises:
        said = f"{one['layer']}: {VERDICTS.get(one['verdict'], plain(one['verdict']))}"
        promises.setdefault(one["cycle_no"], []).append(said)
    rows = [
        (
            str(cycle["cycle_no"]),
            own.instant(cycle["started_at"]),
            own.instant(cycle["ended_at"]),
            story.name(cycle["resolver_agent_key"]),
            own.duration(cycle["first_contact_to_end_cal_s"]),
            str(cycle["reply_count"] or ""),
            own.instant(cycle["reopened_at"]),
            ", ".join(promises.get(cycle["cycle_no"], [])),
        )
        for cycle in story.cycles
    ]
    heads = ("cycle", "began", "solved", "by", "took", "replies", "came back", "promise")
    return Section("How it was solved", heads, rows, "It was never solved.")


def happened(story: Story, own: Language) -> Section:
    """Every message, deletion, action, survey and review in order."""
    rows = [
        (
            own.instant(one["at"]),
            plain(one["kind"]),
            ", ".join(plain(one[name]) for name in ("what", "detail") if one[name]),
            who(story, one),
            _change(story, own, one),
            plain(one["reason"]),
        )
        for one in story.happened
    ]
    heads = ("when", "kind", "what", "who", "change", "reason")
    return Section("Everything that happened", heads, rows, "Nothing is known.")


def _change(story: Story, own: Language, one: Row) -> str:
    if one["size"] is not None:
        return f"{own.number(one['size'])} characters"
    if one["kind"] == "review" and one["to_value"] is not None:
        return f"{_value(story, one['from_value'])}: {own.percent(float(one['to_value']))}"
    before, after = (_value(story, one[name]) for name in ("from_value", "to_value"))
    return f"{before} → {after}" if before and after else before or after


def _value(story: Story, value: Any) -> str:
    text = "" if value is None else str(value)
    return story.names.get(text, text)
