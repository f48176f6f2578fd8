"""A ticket's whole story from facts: both promises, who held it when, and everything that happened, in order."""

from __future__ import annotations

from typing import Any

from orchestration.case.story import Story
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    empty,
    joined,
    number,
    show,
    signed,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import case
from orchestration.dashboard.views.case_order import draw_order
from orchestration.dashboard.views.case_parts import (
    draw_judged,
    draw_work,
    worked_on,
    worked_on_turn,
)
from orchestration.dashboard.views.story import draw_happened
from orchestration.dashboard.vocabulary import OWNER_RULES, TICKETS, TURNS
from orchestration.dashboard.words import CUSTOMERS, HOLDERS

USES = ("ticket",)
_VERDICTS = {"met": "green", "breached": "red", "pending": "amber"}


def title(context: Context) -> str:
    """The question that the page answers."""
    if context.filters.ticket:
        return context.say("What happened with ticket {ticket}?", ticket=context.filters.ticket)
    return context.say("What happened with a ticket?")


def render(context: Context) -> None:
    """Draw the page."""
    if not context.filters.ticket:
        show(
            empty(
                context.say("Which ticket?"),
                context.say(
                    "Type its number beside the page, or follow a link of the log or of an agent."
                ),
            )
        )
        return
    found = context.ask(case.told)
    if not found:
        text = context.say(
            "The published file knows no ticket of this number. Numbers are those of the helpdesk."
        )
        show(empty(context.say("No such ticket"), text))
        return
    for story in found:
        _story(context, story)


def _story(context: Context, story: Story) -> None:
    context.look(story.persons(), story.rows)
    _facts(context, story)
    _promises(context, story)
    _held(context, story.holders)
    draw_work(context, story)
    draw_happened(context, story.happened)
    draw_judged(context, story)
    draw_order(context, story)


def _facts(context: Context, story: Story) -> None:
    own, ticket, cycles = context.own, story.ticket, story.cycles
    first = next((row for row in cycles if row["ended_at"]), None)
    shown = [
        Tile(
            context.say("status"),
            context.word(ticket["status"], TICKETS),
            context.word(ticket["priority"], TICKETS),
        ),
        Tile(
            context.say("came by"),
            ticket["channel"] or "–",
            " · ".join(
                str(part)
                for part in (
                    ticket["account"],
                    context.word(ticket["customer_type"], CUSTOMERS),
                    ticket["region"],
                )
                if part
            ),
        ),
        Tile(context.say("reason"), ticket["reason"] or context.say("none"), ""),
        Tile(
            context.say("opened"),
            own.day(ticket["created_at"].date()) if ticket["created_at"] else "–",
            own.instant(ticket["created_at"]),
        ),
        Tile(
            context.say("first solved after"),
            own.duration(number(first["first_contact_to_end_cal_s"]))
            if first
            else context.say("not solved"),
            context.say("resolutions: {count}", count=sum(bool(row["ended_at"]) for row in cycles)),
        ),
        worked_on(context, story),
    ]
    notes = []
    if ticket["merged_into"]:
        notes.append(context.say("Merged into ticket {ticket}.", ticket=ticket["merged_into"]))
    if ticket["is_excluded"]:
        notes.append(
            context.say(
                "Left out of all numbers: {reason}.",
                reason=context.word(ticket["exclusion_reason"], TURNS),
            )
        )
    show(tiles(shown), *(tag("p", note) for note in notes))


def _promises(context: Context, story: Story) -> None:
    show(tag("h2", context.say("Both promises at each turn")))
    if not story.turns:
        show(tag("p", context.say("The customer never wrote, so no answer was owed."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Turn")),
        Column(context.say("Customer wrote")),
        Column(context.say("Answered")),
        Column(context.word("marketplace")),
        Column(context.word("internal")),
    ]
    rows = []
    for row in story.turns:
        answer = own.instant(row["satisfied_at"]) or context.word(row["state"], TURNS)
        took = own.duration(number(row["elapsed_cal_s"]))
        who = context.person(row["responder_agent_key"])
        spent = worked_on_turn(context, story, row)
        rows.append(
            [
                " · ".join(
                    str(part) for part in (row["turn_no"], context.word(row["kind"], TURNS)) if part
                ),
                own.instant(row["started_at"]),
                joined(
                    answer,
                    tag("span", " · ".join(part for part in (took, who, spent) if part), of="sub"),
                ),
                *(_promise(context, row, layer) for layer in ("marketplace", "internal")),
            ]
        )
    show(table(columns, rows, context.say("Both promises at each turn")))


def _promise(context: Context, row: dict[str, Any], layer: str) -> Safe:
    """Verdict, due instant, lateness, owner and the rule that named him."""
    verdict = row[f"{layer}_verdict"]
    if not verdict:
        return joined("")
    own = context.own
    colour = _VERDICTS.get(verdict, "grey")
    late = number(row[f"{layer}_overrun_s"])
    owner = context.person(row[f"{layer}_sla_owner_agent_key"])
    rule = context.word(row[f"{layer}_owner_rule"], OWNER_RULES)
    parts = [
        context.say("due {instant}", instant=own.instant(row[f"{layer}_due_at"]))
        if row[f"{layer}_due_at"]
        else "",
        context.say("late by {duration}", duration=own.duration(late)) if late and late > 0 else "",
        f"{owner} ({rule})" if owner and rule else owner,
        tag("code", row[f"{layer}_target_version_id"]) if row[f"{layer}_target_version_id"] else "",
    ]
    return joined(
        signed(colour, context.word(verdict, TURNS)),
        *(tag("span", part, of="sub") for part in parts if part),
    )


def _held(context: Context, held: list[dict[str, Any]]) -> None:
    show(tag("h2", context.say("Who held it while the customer waited")))
    if not held:
        show(tag("p", context.say("Nobody: there was no wait that is known."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Turn")),
        Column(context.say("Where it was")),
        Column(context.say("From")),
        Column(context.say("Time"), True),
    ]
    rows = [
        [
            str(row["turn_no"] or ""),
            joined(
                context.word(row["holder_class"], HOLDERS),
                tag(
                    "span",
                    context.person(row["agent_key"]) if row["holder_class"] == "agent" else "",
                    of="sub",
                ),
            ),
            own.instant(row["from_at"]),
            own.duration(number(row["cal_s"])),
        ]
        for row in held
    ]
    show(table(columns, rows, context.say("Who held it")))
