"""What a ticket cost in time, what the customer said of it, and how it was reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.case.consequences import ERROR_KINDS
from orchestration.case.story import Story
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import Column, Tile, joined, show, signed, table, tag
from orchestration.dashboard.vocabulary import REVIEWS, SESSIONS, SURVEYS

Row = dict[str, Any]


def worked_on(context: Context, story: Story) -> Tile:
    """Time that people spent on the ticket."""
    label = context.say("worked on it")
    if not story.work:
        return Tile(label, "–", context.say("no session is known"))
    estimated = sum(not one["is_measured"] for one in story.work)
    note = context.say(
        "sessions: {count}, estimated: {estimated}", count=len(story.work), estimated=estimated
    )
    return Tile(label, context.own.duration(story.handled_s), note)


def worked_on_turn(context: Context, story: Story, turn: Row) -> str:
    """Time that people spent on one answer; empty where no session is known."""
    spent = story.handling(turn)
    if spent is None:
        return ""
    seconds, is_measured = spent
    text = context.own.duration(seconds)
    if is_measured:
        return context.say("{duration} of work", duration=text)
    return context.say("{duration} of work, estimated", duration=text)


def draw_part(
    context: Context,
    title: str,
    heads: Sequence[str],
    rows: list[list[object]],
    nothing: str,
    of_the_copy: bool,
    story: Story,
) -> None:
    """A table under its heading, or why there is none."""
    show(tag("h2", title))
    if rows:
        show(table([Column(head) for head in heads], rows, title))
        return
    unknown = context.say(
        "Not known: this version was published without its private copy of the warehouse."
    )
    show(tag("p", unknown if of_the_copy and not story.is_whole else nothing, of="muted"))


def draw_work(context: Context, story: Story) -> None:
    """Draw every session that somebody worked on the ticket."""
    own, say = context.own, context.say
    rows: list[list[object]] = [
        [
            own.instant(one["started_at"]),
            context.person(one["agent_key"]),
            str(one["turn_no"] or ""),
            own.duration(float(one["handle_s"])),
            context.word(one["method"], SESSIONS),
        ]
        for one in story.work
    ]
    heads = (say("When"), say("Who"), say("Turn"), say("Time"), say("Known from"))
    draw_part(
        context, say("What it cost in time"), heads, rows, say("No session is known."), True, story
    )


def draw_judged(context: Context, story: Story) -> None:
    """Draw what the customer said of it, and how it was reviewed."""
    say = context.say
    asked = {one["survey_key"]: one for one in story.asked}
    rows = [_answer(context, one, asked.pop(one["survey_key"], None)) for one in story.surveys]
    for one in asked.values():
        why = context.word(one["suppressed_reason"], SURVEYS) or say("no answer")
        rows.append(
            [
                context.own.instant(one["sent_at"]),
                "",
                joined(tag("span", why, of="muted")),
                "",
                "",
                "",
            ]
        )
    heads = (
        say("Asked"),
        say("Answered"),
        say("Score"),
        say("Solved?"),
        say("Contacts needed"),
        say("About"),
    )
    draw_part(
        context,
        say("What the customer said of it"),
        heads,
        rows,
        say("No survey is known."),
        False,
        story,
    )
    heads = (say("When"), say("Review"), say("Of"), say("By"), say("Score"), say("Errors"))
    rows = [_review(context, one) for one in story.reviews]
    draw_part(
        context, say("How it was reviewed"), heads, rows, say("Nobody reviewed it."), False, story
    )


def _answer(context: Context, one: Row, asked: Row | None) -> list[object]:
    own = context.own
    colour = {"satisfied": "green", "dissatisfied": "red"}.get(str(one["sentiment"]), "grey")
    scale = context.word(one["scale"], SURVEYS)
    note = scale if one["is_latest"] else f"{scale} · {context.say('answered again later')}"
    return [
        own.instant(asked["sent_at"]) if asked else "",
        own.instant(one["responded_at"]),
        joined(
            signed(colour, context.word(one["sentiment"], SURVEYS)),
            tag("span", f"{context.word(one['raw_score'], SURVEYS)} · {note}", of="sub"),
        ),
        context.word(one["resolved_answer"], SURVEYS),
        str(one["contacts_needed_answer"] or ""),
        context.person(one["agent_key"]),
    ]


def _review(context: Context, one: Row) -> list[object]:
    found = [(kind, one[f"{kind}_errors"]) for kind in ERROR_KINDS]
    errors = ", ".join(f"{context.word(kind, REVIEWS)}: {count}" for kind, count in found if count)
    critical = signed("red", context.say("critical error")) if one["critical_fail"] else ""
    score = context.own.percent(None if one["score"] is None else float(one["score"]))
    return [
        context.own.instant(one["reviewed_at"]),
        joined(
            context.word(one["review_type"], REVIEWS),
            tag("span", context.word(one["status"], REVIEWS), of="sub"),
        ),
        context.person(one["agent_key"]),
        context.person(one["reviewer_agent_key"]),
        joined(score or "–", " ", critical),
        errors,
    ]
