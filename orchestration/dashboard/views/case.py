"""A ticket's whole story from facts: both promises, who held it when, and everything that happened, in order."""

from __future__ import annotations

from typing import Any

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
from orchestration.dashboard.views.story import draw_happened
from orchestration.dashboard.words import HOLDERS, N_

USES = ("ticket",)
_VERDICTS = {
    "met": ("green", N_("kept")),
    "breached": ("red", N_("broken")),
    "pending": ("amber", N_("still open")),
    "waived": ("grey", N_("needs no reply")),
    "excluded": ("grey", N_("excluded")),
    "no_target": ("grey", N_("no target")),
}


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
    found = context.ask(case.found)
    if not found:
        text = context.say(
            "The published file knows no ticket of this number. Numbers are those of the helpdesk."
        )
        show(empty(context.say("No such ticket"), text))
        return
    for ticket in found:
        _story(context, ticket)


def _story(context: Context, ticket: dict[str, Any]) -> None:
    key = ticket["ticket_key"]
    turns = context.ask(case.turns, key)
    held = context.ask(case.holders, key)
    happened = context.ask(case.happened, key)
    cycles = context.ask(case.cycles, key)
    columns = (
        "agent_key",
        "responder_agent_key",
        "marketplace_sla_owner_agent_key",
        "internal_sla_owner_agent_key",
        "resolver_agent_key",
        "assignee_agent_key",
    )
    persons = {
        row.get(name) for row in (*turns, *held, *happened, *cycles, ticket) for name in columns
    }
    # an assignment names the person it went to, a review the person it judged
    persons |= {
        value
        for row in happened
        for value in (row["from_value"], row["to_value"])
        if value in context.people.index
    }
    context.look(persons, len(turns) + len(held) + len(happened))
    _facts(context, ticket, cycles)
    _promises(context, turns)
    _held(context, held)
    draw_happened(context, happened)


def _facts(context: Context, ticket: dict[str, Any], cycles: list[dict[str, Any]]) -> None:
    own = context.own
    first = next((row for row in cycles if row["ended_at"]), None)
    shown = [
        Tile(context.say("status"), context.word(ticket["status"], {}), ticket["priority"] or ""),
        Tile(
            context.say("came by"),
            ticket["channel"] or "–",
            " · ".join(
                str(part)
                for part in (ticket["account"], ticket["customer_type"], ticket["region"])
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
            context.say(
                "{count} resolutions", count=len([row for row in cycles if row["ended_at"]])
            ),
        ),
    ]
    notes = []
    if ticket["merged_into"]:
        notes.append(context.say("Merged into ticket {ticket}.", ticket=ticket["merged_into"]))
    if ticket["is_excluded"]:
        notes.append(
            context.say("Left out of all numbers: {reason}.", reason=ticket["exclusion_reason"])
        )
    show(tiles(shown), *(tag("p", note) for note in notes))


def _promises(context: Context, turns: list[dict[str, Any]]) -> None:
    show(tag("h2", context.say("Both promises at each turn")))
    if not turns:
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
    for row in turns:
        answer = own.instant(row["satisfied_at"]) or context.word(row["state"], {})
        took = own.duration(number(row["elapsed_cal_s"]))
        who = context.person(row["responder_agent_key"])
        rows.append(
            [
                f"{row['turn_no']} · {context.word(row['kind'], {})}",
                own.instant(row["started_at"]),
                joined(
                    answer, tag("span", " · ".join(part for part in (took, who) if part), of="sub")
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
    colour, said = _VERDICTS.get(verdict, ("grey", str(verdict)))
    late = number(row[f"{layer}_overrun_s"])
    owner = context.person(row[f"{layer}_sla_owner_agent_key"])
    rule = context.word(row[f"{layer}_owner_rule"], {})
    parts = [
        context.say("due {instant}", instant=own.instant(row[f"{layer}_due_at"]))
        if row[f"{layer}_due_at"]
        else "",
        context.say("late by {duration}", duration=own.duration(late)) if late and late > 0 else "",
        f"{owner} ({rule})" if owner and rule else owner,
        str(row[f"{layer}_target_version_id"] or ""),
    ]
    return joined(
        signed(colour, context.say(said)), *(tag("span", part, of="sub") for part in parts if part)
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
            str(row["turn_no"]),
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
