"""Parts of a told story: what it cost in time, how it was judged, and the order with its defects and their cause."""

from __future__ import annotations

from orchestration.case.facts import Row
from orchestration.case.sections import NOT_HERE, Section, plain, yes_no
from orchestration.case.story import Story
from orchestration.presenting.languages import Language

ERROR_KINDS = ("customer_critical", "business_critical", "compliance_critical", "non_critical")


def work(story: Story, own: Language) -> Section:
    """Every session that somebody worked on the ticket, and at which turn."""
    rows = [
        (
            own.instant(one["started_at"]),
            story.name(one["agent_key"]),
            str(one["turn_no"] or ""),
            own.duration(one["handle_s"]),
            "measured" if one["is_measured"] else "estimated",
            plain(one["method"]),
        )
        for one in story.work
    ]
    heads = ("began", "who", "turn", "for", "known by", "method")
    return Section("What it cost in time", heads, rows, _note(story, "No session is known."))


def surveys(story: Story, own: Language) -> Section:
    """Answers to surveys, and surveys that nobody answered or that were not sent."""
    asked = {one["survey_key"]: one for one in story.asked}
    rows = [_answered(story, own, one, asked.pop(one["survey_key"], None)) for one in story.surveys]
    rows += [
        (
            own.instant(one["sent_at"]),
            "",
            "",
            "",
            "",
            plain(one["suppressed_reason"]) or "no answer",
            "",
            "",
        )
        for one in asked.values()
    ]
    heads = (
        "asked",
        "answered",
        "scale",
        "score",
        "sentiment",
        "solved",
        "contacts needed",
        "about",
    )
    return Section("What the customer said of it", heads, rows, "No survey is known.")


def _answered(story: Story, own: Language, one: Row, asked: Row | None) -> tuple[str, ...]:
    return (
        own.instant(asked["sent_at"]) if asked else "",
        own.instant(one["responded_at"]),
        plain(one["scale"]),
        plain(one["raw_score"]),
        plain(one["sentiment"]) + ("" if one["is_latest"] else " (answered again later)"),
        plain(one["resolved_answer"]),
        plain(one["contacts_needed_answer"]),
        story.name(one["agent_key"]),
    )


def reviews(story: Story, own: Language) -> Section:
    """Quality reviews of work on the ticket."""
    rows = [
        (
            own.instant(one["reviewed_at"]),
            f"{plain(one['review_type'])}, {plain(one['status'])}",
            story.name(one["agent_key"]),
            story.name(one["reviewer_agent_key"]),
            own.percent(None if one["score"] is None else float(one["score"])),
            errors(one),
            yes_no(one["critical_fail"]),
        )
        for one in story.reviews
    ]
    heads = ("when", "review", "of", "by", "score", "errors", "failed critically")
    return Section("How it was reviewed", heads, rows, "Nobody reviewed it.")


def errors(review: Row) -> str:
    """Errors that a review found, by kind."""
    found = [(kind, review[f"{kind}_errors"]) for kind in ERROR_KINDS]
    return ", ".join(f"{count} {plain(kind)}" for kind, count in found if count)


def orders(story: Story, own: Language) -> Section:
    """The order that the ticket is about."""
    rows = [
        (
            str(one["order_id"]),
            plain(one["fulfilment"]),
            own.instant(one["placed_at"]),
            own.instant(one["expected_ship_by"]),
            own.instant(one["ship_confirmed_at"]),
            own.instant(one["promised_delivery_by"]),
            own.instant(one["delivered_at"]),
            own.instant(one["tracking_uploaded_at"]),
            yes_no(one["tracking_valid"]),
            " · ".join(
                part
                for part in (
                    own.instant(one["cancelled_at"]),
                    plain(one["cancelled_by"]),
                    plain(one["cancel_reason"]),
                )
                if part
            ),
        )
        for one in story.orders
    ]
    heads = (
        "order",
        "fulfilment",
        "placed",
        "ship by",
        "shipped",
        "deliver by",
        "delivered",
        "tracking",
        "valid",
        "cancelled",
    )
    return Section(
        "The order", heads, rows, _note(story, "The ticket names no order that is known.")
    )


def defects(story: Story, own: Language) -> Section:
    """Defects that the marketplace counts against the order."""
    rows = [
        (
            plain(one["defect_type"]),
            str(one["of_order"] or ""),
            own.instant(one["opened_at"]),
            own.instant(one["respond_by"]),
            own.instant(one["responded_at"]),
            own.instant(one["closed_at"]),
            plain(one["outcome"]),
            yes_no(one["counts_against_seller"]),
        )
        for one in story.defects
    ]
    heads = (
        "defect",
        "order",
        "opened",
        "answer by",
        "answered",
        "closed",
        "outcome",
        "counts against us",
    )
    return Section(
        "Defects of the order", heads, rows, _note(story, "No defect of the order is known.")
    )


def causes(story: Story, own: Language) -> Section:
    """What lies behind the ticket's reason."""
    rows = [
        (
            str(one["reason_name"]),
            str(one["root_cause"] or ""),
            plain(one["operational_defect"]),
            str(one["planned_fix"] or ""),
            " · ".join(
                part for part in (plain(one["fix_owner"]), plain(one["fix_status"])) if part
            ),
        )
        for one in story.causes
    ]
    heads = ("reason", "root cause", "defect", "fix", "owner and status")
    return Section(
        "The cause behind its reason", heads, rows, "No root cause is written down for its reason."
    )


def _note(story: Story, nothing: str) -> str:
    return nothing if story.is_whole else NOT_HERE
