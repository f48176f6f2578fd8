"""One person: bands of every period, what he answers for and why, and what was left out."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Tile,
    anchor,
    empty,
    interval,
    joined,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import agents
from orchestration.dashboard.recording import frame as rows_of
from orchestration.dashboard.selection import Filters
from orchestration.dashboard.views.agent_parts import below, gate_evidence, other_period
from orchestration.dashboard.vocabulary import OWNER_RULES, TURNS
from orchestration.dashboard.words import BAND_COLOURS, FLAGS

_SHOWN = 300


def render(context: Context) -> None:
    """Draw what is behind the bands of the chosen person."""
    filters = context.filters
    back = context.link("agents", layer=filters.layer, days=filters.days)
    if context.ask(agents.is_off):
        text = context.say(
            "The employer of this person shows no views of single agents (agent_views = off); "
            "company figures include the work."
        )
        show(empty(context.say("Not shown"), text), anchor(back, context.say("All agents")))
        return
    cards = context.ask(agents.scorecards)
    # what a band is made of are the days it comes from
    judged = filters.but(days=_days_of(cards)) if len(cards) else filters
    owed = context.ask_with(judged, agents.obligations)
    context.look([filters.agent], len(owed) + len(cards))
    # the filter beside the page names everybody
    context.look(context.people.index, len(context.people))
    show(
        tag("p", anchor(back, context.say("All agents"))), tag("h2", context.person(filters.agent))
    )
    if cards.empty and owed.empty:
        show(
            empty(
                context.say("Nothing in this period"),
                context.say("Choose a longer period or the other promise."),
            )
        )
        return
    if len(cards):
        _bands(context, cards)
    _flags(context)
    _owed(context, owed, other_period(context, cards.iloc[0]) if len(cards) else "")
    _left_out(context, judged)


def _days_of(cards: pd.DataFrame) -> str:
    """Days that the band of the card comes from."""
    return str(cards.band_basis.iloc[0]).removesuffix("d")


def _bands(context: Context, cards: pd.DataFrame) -> None:
    own, row = context.own, cards.iloc[0]
    sure = interval(own, number(row.adjusted_low), number(row.adjusted_high), "%", "ratio")
    period = other_period(context, row)
    shown = [
        Tile(
            context.say("Band"),
            context.word(row.band),
            own.sentence(row.eligibility_reason if isinstance(row.eligibility_reason, str) else ""),
            BAND_COLOURS[row.band],
        ),
        Tile(
            context.say("Adjusted, 95 % interval"),
            own.percent(number(row.adjusted_rate)),
            below(sure, period),
        ),
        Tile(
            context.say("Kept of judged"),
            f"{row.n_met} / {row.n}",
            below(
                own.percent(number(row.raw_rate)),
                interval(own, number(row.ci_low), number(row.ci_high), "%", "ratio"),
                period,
            ),
        ),
        Tile(
            context.say("Observed to expected"),
            own.number(number(row.observed_to_expected), 2),
            below(context.say("1 = as everybody on the same cases"), period),
        ),
        Tile(
            context.say("Reaction against the same cases"),
            own.number(number(row.duration_ratio), 2),
            interval(
                own, number(row.duration_ratio_low), number(row.duration_ratio_high), "", "mean"
            ),
        ),
    ]
    show(tiles(shown))
    if isinstance(row.gate_evidence, str):
        show(
            tag(
                "p",
                context.say(
                    "Gate: {evidence}. It can be disputed; a confirmed dispute restates.",
                    evidence=gate_evidence(context, row.gate_evidence),
                ),
            )
        )


def _flags(context: Context) -> None:
    found = context.ask(agents.flags)
    if found.empty:
        return
    columns = [
        Column(context.say("Why")),
        Column(context.say("Evidence")),
        Column(context.say("Suggested topic")),
    ]
    rows = [
        [
            context.word(row.flag_id, FLAGS),
            context.own.sentence(row.evidence),
            context.own.sentence(row.suggested_topic),
        ]
        for row in found.itertuples()
    ]
    show(
        tag("h2", context.say("Coaching flags")),
        table(columns, rows, context.say("Coaching flags")),
    )


def _owed(context: Context, owed: pd.DataFrame, period: str) -> None:
    broken = int((owed.verdict == "breached").sum())
    show(
        tag("h2", context.say("What the bands are made of")),
        tag(
            "p",
            context.say(
                "{count} promises, {broken} of them broken; broken ones first.",
                count=len(owed),
                broken=broken,
            ),
            f" ({period})" if period else "",
            of="muted",
        ),
    )
    if owed.empty:
        return
    own = context.own
    rows = owed.head(_SHOWN)
    frame = pd.DataFrame(
        {
            context.say("Ticket"): rows.ticket_id,
            context.say("Turn"): rows.turn_no,
            context.say("Verdict"): [context.word(verdict, TURNS) for verdict in rows.verdict],
            context.say("Customer wrote (UTC)"): rows.started_at,
            context.say("Due (UTC)"): rows.due_at,
            context.say("Answered (UTC)"): rows.satisfied_at,
            context.say("Late by"): [own.duration(number(value)) for value in rows.overrun_s],
            context.say("Owner rule"): [
                context.word(rule, OWNER_RULES) for rule in rows.owner_rule
            ],
            context.say("Target version"): rows.target_version_id,
        }
    )
    rows_of(frame, context.say("What the bands are made of"))
    listed = [
        anchor(context.link("case", ticket=ticket), ticket)
        for ticket in dict.fromkeys(rows[rows.verdict == "breached"].ticket_id.head(20))
    ]
    if listed:
        show(
            tag(
                "p",
                context.say("Stories of the broken ones:"),
                " ",
                joined(*listed, mark=" · "),
                of="small",
            )
        )


def _left_out(context: Context, judged: Filters) -> None:
    found = context.ask_with(judged, agents.left_out)
    if found:
        said = ", ".join(
            f"{context.word(row['reason'], TURNS)} {context.own.number(row['turns'])}"
            for row in found
        )
        show(
            tag(
                "p",
                context.say("Answered but in no promise: {reasons}.", reasons=said),
                of="muted small",
            )
        )
