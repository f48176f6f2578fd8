"""The order that a ticket is about, its defects, and the cause behind the ticket's reason."""

from __future__ import annotations

from typing import Any

from orchestration.case.story import Story
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import joined, signed, tag
from orchestration.dashboard.views.case_parts import draw_part
from orchestration.dashboard.vocabulary import DEFECTS, ORDERS
from orchestration.dashboard.words import FIX_STATUS
from orchestration.presenting.words import ROLES

Row = dict[str, Any]


def draw_order(context: Context, story: Story) -> None:
    """Draw the order, its defects, and the cause behind the ticket's reason."""
    say = context.say
    heads = (
        say("Order"),
        say("Placed"),
        say("Shipped"),
        say("Delivered"),
        say("Tracking"),
        say("Cancelled"),
    )
    rows = [_order(context, one) for one in story.orders]
    nothing = say("The ticket names no order that is known.")
    draw_part(context, say("The order"), heads, rows, nothing, True, story)
    heads = (
        say("Defect"),
        say("Opened"),
        say("Answered"),
        say("Closed"),
        say("Outcome"),
        say("Counts against us"),
    )
    rows = [_defect(context, one) for one in story.defects]
    nothing = say("No defect of the order is known.")
    draw_part(context, say("Defects of the order"), heads, rows, nothing, True, story)
    parts = (say("Reason"), say("Root cause"), say("Fix"))
    rows = [_cause(context, one) for one in story.causes]
    nothing = say("No root cause is written down for its reason.")
    draw_part(context, say("The cause behind its reason"), parts, rows, nothing, False, story)


def _order(context: Context, one: Row) -> list[object]:
    own = context.own
    value = (
        f"{own.number(float(one['value']), 2)} {one['currency'] or ''}"
        if one["value"] is not None
        else ""
    )
    valid = {
        True: signed("green", context.say("valid")),
        False: signed("red", context.say("not valid")),
    }
    return [
        joined(one["order_id"], tag("span", context.word(one["fulfilment"], ORDERS), of="sub")),
        joined(own.instant(one["placed_at"]), tag("span", value, of="sub")),
        _against(context, one["ship_confirmed_at"], one["expected_ship_by"]),
        _against(context, one["delivered_at"], one["promised_delivery_by"]),
        joined(own.instant(one["tracking_uploaded_at"]), " ", valid.get(one["tracking_valid"], "")),
        joined(
            own.instant(one["cancelled_at"]),
            tag("span", context.word(one["cancelled_by"], ORDERS), of="sub"),
            tag("span", one["cancel_reason"] or "", of="sub"),
        ),
    ]


def _against(context: Context, done: Any, promised: Any) -> object:
    """When something was done; late where it was promised earlier, or is still missing by now."""
    own = context.own
    limit = context.say("promised by {instant}", instant=own.instant(promised)) if promised else ""
    said = own.instant(done) or "–"
    is_late = bool(done and promised and done > promised)
    return joined(signed("red", said) if is_late else said, tag("span", limit, of="sub"))


def _defect(context: Context, one: Row) -> list[object]:
    own = context.own
    counts = {True: signed("red", context.say("yes")), False: context.say("no")}
    return [
        joined(
            context.word(one["defect_type"], ORDERS), tag("span", one["of_order"] or "", of="sub")
        ),
        own.instant(one["opened_at"]),
        _against(context, one["responded_at"], one["respond_by"]),
        own.instant(one["closed_at"]),
        context.word(one["outcome"], ORDERS),
        counts.get(one["counts_against_seller"], context.say("not known")),
    ]


def _cause(context: Context, one: Row) -> list[object]:
    fix = (context.word(one["fix_owner"], ROLES), context.word(one["fix_status"], FIX_STATUS))
    return [
        one["reason_name"],
        joined(
            one["root_cause"],
            tag("span", context.word(one["operational_defect"], DEFECTS), of="sub"),
        ),
        joined(one["planned_fix"], tag("span", " · ".join(part for part in fix if part), of="sub")),
    ]
