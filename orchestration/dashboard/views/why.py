"""Why a number is what it is: its card, its parts, the rows behind it and what was left out, as ``explain``
tells it.
"""

from __future__ import annotations

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    box,
    empty,
    interval,
    joined,
    mark,
    number,
    safe,
    show,
    table,
    tag,
)
from orchestration.dashboard.selection import Filters
from orchestration.dashboard.views.why_rows import SHOWN_ROWS, draw_rows
from orchestration.dashboard.vocabulary import ATTRIBUTIONS, REVIEWS, TURNS
from orchestration.dashboard.words import N_
from orchestration.explain.number import Explanation, Part, explain
from orchestration.explain.question import Question
from orchestration.explain.show import grouped
from orchestration.lookups import persons
from orchestration.presenting.persons import person_in
from orchestration.presenting.publication import Publication, kept_open
from orchestration.publishing import EVIDENCE_FILE

USES = ("month",)
_FIGURES = {
    "numerator": N_("Numerator"),
    "denominator": N_("Denominator"),
    "n": N_("n"),
    "value": N_("Value"),
}
_DIFFERENCE = N_("{seen} in the rows, {told} in the mart")
"""The sentence that :meth:`orchestration.explain.number.Part.disagreements` makes of each figure."""
QUIET = ("kpi", "scope", "id", "layer", "clock")


def title(context: Context) -> str:
    """The question that the page answers."""
    if not context.filters.kpi:
        return context.say("Why is a number what it is?")
    return context.say("Why is {name} what it is?", name=context.kpi(context.filters.kpi))


def explained(publication: Publication, filters: Filters) -> list[Explanation]:
    """What ``explain`` finds in the private copy that lies beside the published marts."""
    scope = filters.scope or "company"
    question = Question(
        filters.kpi,
        filters.first_day,
        scope,
        filters.id or scope,
        filters.layer or None,
        None,
        filters.tenant,
    )
    evidence = publication.path.parent / EVIDENCE_FILE
    return explain(evidence, question, SHOWN_ROWS, kept_open)


def render(context: Context) -> None:
    """Draw the page."""
    filters = context.filters
    if not filters.kpi:
        text = context.say("Follow the link of any KPI on another page.")
        show(empty(context.say("No number was asked about"), text))
        return
    try:
        found = context.ask(explained)
    except Exception as error:
        # a refusal that tells whose name or key something is, is a look-up of that person
        context.look(getattr(error, "agent_keys", ()), 0)
        raise
    keys = {key for one in found for part in one.parts for key in _keys(part)}
    if filters.scope == "agent":
        keys |= {one.scope_id for one in found}
    rows = sum(part.count for one in found for part in one.parts)
    context.look(keys, rows)
    for one in found:
        _explanation(context, one)


def _keys(part: Part) -> list[str]:
    told = {person_in(row.get("detail")) for row in part.rows}
    return persons(part.agent_keys | told | {part.facts["accountable_person"]})


def _explanation(context: Context, one: Explanation) -> None:
    where = context.word(one.question.scope_type)
    if one.scope_id != one.question.scope_type:
        place = context.place(one.question.scope_type, one.scope_id)
        where = f"{where} {place}"
    show(tag("p", f"{where} · {context.own.month(one.question.month)}", of="lead"))
    shown = [pair for pair in grouped(one) if _is_of_clock(context, pair[0])]
    for lead, others in shown:
        _part(context, lead, others)
    if not shown:
        show(tag("p", context.say("The number is not measured by this clock."), of="muted"))
    _card(context, one)
    if one.left_out:
        cells = [
            [_reason(context, reason), context.own.number(count)] for reason, count in one.left_out
        ]
        columns = [
            Column(context.say("Not in the number, because")),
            Column(context.say("cases"), True),
        ]
        show(
            tag("h2", context.say("What was left out")),
            table(columns, cells, context.say("What was left out")),
        )


def _reason(context: Context, text: str) -> str:
    """Why something was left out: its kind as a sentence, its codes in words."""
    layer, of_layer, rest = text.partition(" layer: ")
    if of_layer:
        return f"{context.word(layer)}: {_reason(context, rest)}"
    whole = context.own.sentence(text)
    if whole != text:
        return whole
    what, colon, code = text.partition(": ")
    said = context.own.sentence(what)
    codes = ", ".join(context.word(part, {**TURNS, **REVIEWS}) for part in code.split(", "))
    return f"{said}: {codes}" if colon else said


def _is_of_clock(context: Context, part: Part) -> bool:
    return context.filters.clock in ("", part.facts["clock"]) or part.facts["clock"] == "none"


def _part(context: Context, lead: Part, others: list[Part]) -> None:
    own, facts = context.own, lead.facts
    unit, stat = lead.unit, facts["stat"]
    names = [facts[name] for name in ("stat", "clock", "layer", "variant") if facts[name] != "none"]
    value = (
        own.figure(number(facts["value"]), unit, stat) or context.told(facts["value_text"]) or "–"
    )
    target = own.figure(number(facts["target"]), unit, stat)
    pairs = [
        (
            context.say("95 % interval"),
            interval(own, number(facts["ci_low"]), number(facts["ci_high"]), unit, stat),
        ),
        (context.say("Numerator"), _sum(context, lead, "numerator")),
        (context.say("Denominator"), _sum(context, lead, "denominator")),
        (context.say("n"), own.number(number(facts["n"]))),
        (context.say("Target"), target),
        (context.say("As presented"), _presented(context, lead)),
    ]
    pairs += [
        (
            context.word(part.facts["stat"]),
            own.figure(number(part.facts["value"]), part.unit, part.facts["stat"]),
        )
        for part in others
    ]
    said = "".join(tag("dt", name) + tag("dd", text) for name, text in pairs if text)
    agreement = (
        box(
            context.say(
                "The rows do not add up to the published number: {why}",
                why="; ".join(_differing(context, text) for text in lead.disagreements),
            ),
            is_warning=True,
        )
        if lead.disagreements
        else ""
    )
    show(
        tag(
            "div",
            tag("div", " · ".join(context.word(name) for name in names), of="muted"),
            tag("h2", value, " ", mark(own, facts["status"], facts["status_reason"])),
            Safe(f"<dl>{said}</dl>"),
            agreement,
            of="card",
        )
    )
    if lead.rows:
        count = own.number(lead.count)
        label = (
            own.ngettext("{count} row behind it", "{count} rows behind it", lead.count, count=count)
            if lead.disagreements
            else own.ngettext(
                "{count} row behind it, which makes the number",
                "{count} rows behind it, which add up to the number",
                lead.count,
                count=count,
            )
        )
        show(tag("h3", label))
        draw_rows(context, lead)


def _differing(context: Context, text: str) -> str:
    """How rows and mart differ, the figure named as on the card."""
    name, _, rest = text.partition(" ")
    said = context.own.sentence(rest)
    return f"{context.say(_FIGURES[name])}: {said}" if name in _FIGURES else text


def _sum(context: Context, part: Part, name: str) -> str:
    value = number(part.facts[name])
    return context.own.duration(value) if name in part.in_seconds else context.own.number(value)


def _presented(context: Context, part: Part) -> str:
    facts = part.facts
    if facts["presented_as_of"] is None:
        return ""
    value = context.own.figure(number(facts["value_presented"]), part.unit, facts["stat"])
    return f"{value} · {context.own.instant(facts['presented_as_of'])}"


def _card(context: Context, one: Explanation) -> None:
    definition, own = one.definition, context.own
    lines = [
        (context.say("Formula"), own.sentence(definition["formula"])),
        (context.say("Numerator"), own.sentence(definition["numerator_meaning"])),
        (context.say("Denominator"), own.sentence(definition["denominator_meaning"])),
        (context.say("In whose name"), context.word(definition["attribution"], ATTRIBUTIONS)),
        (
            context.say("Read with"),
            ", ".join(
                context.kpi(name) if name in context.kpis else context.word(name)
                for name in str(definition["companions"] or "").split("|")
                if name
            ),
        ),
        (
            context.say("Version"),
            f"{definition['kpi_version']} · {str(definition['definition_hash'])[:12]}",
        ),
    ]
    said = "".join(tag("dt", name) + tag("dd", text) for name, text in lines if text)
    back = anchor(
        context.link("overview", month=context.filters.month), context.say("Back to the overview")
    )
    show(tag("h2", context.say("The card")), Safe(f"<dl>{said}</dl>"), tag("p", joined(safe(back))))
