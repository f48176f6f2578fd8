"""Who may need coaching, and who answers fast but closes many conversations without an answer."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    has,
    joined,
    long_table,
    number,
    show,
    signed,
    tag,
)
from orchestration.dashboard.queries import agents
from orchestration.dashboard.questions import heading
from orchestration.dashboard.recording import frame as rows_of
from orchestration.dashboard.views.agent_parts import linked
from orchestration.dashboard.words import FLAGS


def draw_coaching(context: Context) -> None:
    """Draw the coaching flags of the newest week, and the rows behind the chosen one."""
    found = context.ask(agents.flags)
    show(heading(context, 4), beyond(context, "team", "agent"))
    silent = context.ask_with(context.filters.only(()), agents.silent_flags)
    if silent:
        names = ", ".join(context.word(row["rule_id"], FLAGS) for row in silent)
        show(
            tag(
                "p",
                context.say("Cannot be told for want of data: {names}.", names=names),
                of="muted small",
            )
        )
    if found.empty:
        show(tag("p", context.say("No coaching flag is raised this week."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Why")),
        Column(context.say("Evidence")),
        Column(context.say("Suggested topic")),
        Column(context.say("Action")),
    ]
    rows = []
    for row in found.itertuples():
        address = context.link(
            "agents",
            id=row.coaching_flag_id,
            layer=context.filters.layer,
            days=context.filters.days,
        )
        subject = f" ({row.subject})" if isinstance(row.subject, str) else ""
        flag = anchor(
            address,
            context.word(row.flag_id, FLAGS) + subject,
            context.say("Rows behind this flag"),
        )
        action = row.action_id if isinstance(row.action_id, str) else context.say("none yet")
        rows.append(
            [
                linked(context, row.agent_key),
                flag,
                own.sentence(row.evidence),
                own.sentence(row.suggested_topic),
                action,
            ]
        )
    week = own.day(found.week.iloc[0])
    show(
        tag(
            "p",
            context.say(
                "Week of {day}. A flag is a reason to talk, never a consequence by itself.",
                day=week,
            ),
            of="muted",
        )
    )
    show(long_table(context.own, columns, rows, context.say("Coaching flags")))
    if context.filters.id:
        _evidence(context, context.filters.id)


def _evidence(context: Context, flag: str) -> None:
    found = context.ask(agents.flag_evidence, flag)
    show(tag("h3", context.say("Rows behind the chosen flag")))
    if found.empty:
        show(tag("p", context.say("The flag has no rows in this publication."), of="muted"))
        return
    shown = found.assign(agent_key=[context.person(key) for key in found.agent_key])
    shown.columns = [
        *(context.say("When (UTC)"), context.say("Numerator"), context.say("Denominator")),
        *(context.say("Ticket"), context.say("Agent")),
    ]
    rows_of(shown, context.say("Rows behind the chosen flag"))


def draw_fast(context: Context) -> None:
    """Draw reaction against closings without reply."""
    found = context.ask(agents.activity)
    show(heading(context, 9))
    known = found[found.closed.fillna(0) > 0]
    if known.empty:
        show(tag("p", context.say("No source tells who closed what in this period."), of="muted"))
        return
    own = context.own
    total = float(known.without_reply.sum()) / float(known.closed.sum())
    cards = context.ask(agents.scorecards)
    gated = set(cards[cards.gate_closed_without_reply].agent_key)
    words = [
        ("red", context.say("gate: many closed without reply")),
        ("grey", context.say("no gate")),
    ]
    frame = pd.DataFrame(
        [
            {
                "name": context.person(row.agent_key),
                "x": row.reaction_median_s / 60,
                "y": row.without_reply_rate,
                "n": row.closed,
                "status": words[0][1] if row.agent_key in gated else words[1][1],
                "said": f"{own.duration(row.reaction_median_s)}, "
                f"{own.percent(row.without_reply_rate)}, n {own.number(row.closed)}",
            }
            for row in known.itertuples()
            if has(row.reaction_median_s)
        ]
    )
    said = context.say(
        "Everybody together closes {share} without a reply. Left and high is fast with many unanswered closings.",
        share=own.percent(total),
    )
    show(tag("p", said, of="muted"))
    if len(frame):
        show(charts.key(words))
        across, up = (
            context.say("median reaction, minutes (log)"),
            context.say("closed without reply"),
        )
        charts.draw(context.own, said, charts.scatter(frame, words, across, up))
    show(_closings(context, known, gated))


def _closings(context: Context, found: pd.DataFrame, gated: set[str]) -> Safe:
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Closed without reply"), True),
        Column(context.say("Median reaction"), True),
        Column(context.say("Replies"), True),
        Column(context.say("Gate")),
    ]
    rows = [
        [
            linked(context, row.agent_key),
            joined(
                own.percent(number(row.without_reply_rate)),
                tag(
                    "span", f"{own.number(row.without_reply)} / {own.number(row.closed)}", of="sub"
                ),
            ),
            joined(
                own.duration(number(row.reaction_median_s)),
                tag("span", context.say("n {n}", n=row.n_reactions), of="sub"),
            ),
            own.number(row.replies),
            signed("red", context.say("gate")) if row.agent_key in gated else "",
        ]
        for row in found.itertuples()
    ]
    return long_table(context.own, columns, rows, context.say("Closings without reply"))
