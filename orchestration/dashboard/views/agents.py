"""Who keeps the promises, as fair bands with their uncertainty, never as a league table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    box,
    empty,
    has,
    interval,
    joined,
    long_table,
    mark,
    number,
    show,
    signed,
    tag,
    tiles,
)
from orchestration.dashboard.queries import agents
from orchestration.dashboard.questions import heading
from orchestration.dashboard.recording import frame as rows_of
from orchestration.dashboard.views import person
from orchestration.dashboard.words import BAND_COLOURS, FLAGS

USES = ("days", "layer", "platform", "team", "agent")
QUIET = ("id",)
WINDOWS = ("28", "7", "90")
_GATES = (
    "gate_closed_without_reply",
    "gate_unanswered_deletions",
    "gate_critical_quality_error",
    "gate_waivers",
)


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Who keeps the promises, and who needs help?")


def render(context: Context) -> None:
    """Draw the page."""
    if context.filters.agent:
        person.render(context)
        return
    cards = context.ask(agents.scorecards)
    context.look([*context.people.index, *cards.agent_key], len(context.people))
    if cards.empty:
        _nobody(context)
    else:
        _bands(context, cards)
    _by_platform(context)
    _consistent(context)
    _coaching(context)
    _fast(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    period = agents.period_of(context.filters)
    where = (
        ("period_type", period),
        ("layer", context.filters.layer),
        *narrowed_by(context, platform="platform"),
    )
    return [Download("agent_sla.agent_scorecards", where), Download("agent_sla.coaching_flags")]


def _nobody(context: Context) -> None:
    text = context.say(
        "Nobody owed a reply here in this period, or views of single agents are switched off for everybody."
    )
    show(empty(context.say("No agents to show"), text))


def linked(context: Context, key: object) -> Safe:
    """Name of a person, a link to what is behind his bands."""
    name = context.person(key)
    filters = context.filters
    address = context.link("agents", agent=str(key), layer=filters.layer, days=filters.days)
    return anchor(address, name, context.say("What is behind the bands of {name}", name=name))


def band(context: Context, row: Any) -> Safe:
    """Band as sign and word, the reason below where there is too little to judge."""
    said = signed(BAND_COLOURS[row.band], context.word(row.band))
    reason = row.eligibility_reason if row.band == "insufficient" else row.band_reason
    why = context.own.sentence(reason) if isinstance(reason, str) else ""
    return joined(said, tag("span", why, of="sub") if why else "")


def _bands(context: Context, cards: pd.DataFrame) -> None:
    own = context.own
    judged = cards[cards.is_eligible]
    counts = judged.band.value_counts()
    gated = judged[judged[list(_GATES)].any(axis=1)]
    show(
        tiles(
            [
                Tile(
                    context.say("above goal"),
                    own.number(counts.get("above", 0)),
                    context.say("whole interval above the goal"),
                    "green",
                ),
                Tile(
                    context.say("in range"),
                    own.number(counts.get("in_range", 0)),
                    context.say("goal or team mean inside the interval"),
                    "blue",
                ),
                Tile(
                    context.say("below goal"),
                    own.number(counts.get("below", 0)),
                    context.say("whole interval below the goal"),
                    "red",
                ),
                Tile(
                    context.say("not judged"),
                    own.number(len(cards) - len(judged)),
                    context.say("too few cases, or another reason"),
                    "grey",
                ),
                Tile(
                    context.say("held back by a gate"),
                    own.number(len(gated)),
                    context.say("evidence in the table"),
                ),
            ]
        )
    )
    if judged.empty:
        show(box(context.say("Nobody has enough cases in this period: choose a longer one.")))
    else:
        _plot(context, judged)
        show(_apart(context, judged))
    show(_table(context, judged))
    rest = cards[~cards.is_eligible]
    if len(rest):
        summary = context.say("{count} who cannot be judged, and why", count=len(rest))
        show(Safe(f"<details>{tag('summary', summary)}{_table(context, rest)}</details>"))


def _plot(context: Context, judged: pd.DataFrame) -> None:
    own = context.own
    words = [(BAND_COLOURS[code], context.word(code)) for code in ("above", "in_range", "below")]
    frame = pd.DataFrame(
        {
            "name": [context.person(key) for key in judged.agent_key],
            "value": judged.adjusted_rate.astype(float),
            "low": judged.adjusted_low.astype(float),
            "high": judged.adjusted_high.astype(float),
            "status": [context.word(code) for code in judged.band],
            "said": [
                f"{own.percent(row.adjusted_rate)} ({own.percent(row.adjusted_low)} – "
                f"{own.percent(row.adjusted_high)}), n {row.n}"
                for row in judged.itertuples()
            ],
        }
    )
    goal = number(judged.goal.iloc[0])
    mean = number(judged.overall_rate.iloc[0])
    said = context.say(
        "Promises kept, adjusted for the mix of cases, with 95 % interval: {count} agents, "
        "goal {goal}, all together {mean}.",
        count=len(judged),
        goal=own.percent(goal),
        mean=own.percent(mean),
    )
    note = context.say("The line is the goal, the dashed line all together.")
    show(tag("p", said, " ", note, of="muted small"), charts.key(words))
    axis = context.say("promises kept, adjusted")
    charts.draw(said, lambda: charts.intervals(frame, words, axis, goal, mean))


def _apart(context: Context, judged: pd.DataFrame) -> Safe:
    """That places cannot be told apart, said as one sentence."""
    first, last = judged.place_from.min(), judged.place_to.max()
    one = judged[judged.place_from == judged.place_to]
    wide = judged[(judged.place_to - judged.place_from) >= 1]
    if wide.empty:
        return box(context.say("Every place is clearly apart from the next."))
    return box(
        context.say(
            "No ranking: of {count} agents, {wide} have intervals that overlap with others; "
            "places between {first} and {last} cannot "
            "be told apart for them. Inside a band the order is alphabetical.",
            count=len(judged),
            wide=len(judged) - len(one),
            first=int(first),
            last=int(last),
        )
    )


def _table(context: Context, cards: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Band")),
        Column(context.say("Adjusted, 95 % interval"), True),
        Column(context.say("Kept of judged"), True),
        Column(context.say("Places"), True),
        Column(context.say("Gates")),
    ]
    rows = []
    for row in cards.itertuples():
        sure = interval(own, number(row.adjusted_low), number(row.adjusted_high), "%", "ratio")
        places = f"{int(row.place_from)}–{int(row.place_to)}" if has(row.place_from) else ""
        raw = joined(
            f"{own.number(number(row.n_met))} / {own.number(number(row.n))}",
            tag("span", own.percent(number(row.raw_rate)), of="sub"),
        )
        rows.append(
            [
                linked(context, row.agent_key),
                band(context, row),
                joined(own.percent(number(row.adjusted_rate)) or "–", tag("span", sure, of="sub")),
                raw,
                places,
                gates(context, row),
            ]
        )
    return long_table(context.own, columns, rows, context.say("Agents and their bands"))


def gates(context: Context, row: Any) -> Safe:
    """Gates that hold a band back, with the evidence."""
    if not any(bool(getattr(row, name)) for name in _GATES):
        return joined("")
    evidence = (
        str(row.gate_evidence).strip().rstrip(";") if isinstance(row.gate_evidence, str) else ""
    )
    return joined(signed("red", context.say("gate")), tag("span", evidence, of="sub"))


def _by_platform(context: Context) -> None:
    found = context.ask_with(context.filters.but(platform="", agent=""), agents.by_platform)
    show(heading(context, 2))
    if found.empty:
        show(tag("p", context.say("No platform has judged cases in this period."), of="muted"))
        return
    layer = context.filters.layer
    ebay = found[(found.platform == "ebay") & (found.layer == "marketplace")]
    show(_grid(context, found[found.layer == layer]))
    show(heading(context, 1))
    _ebay(context, ebay)


def _grid(context: Context, found: pd.DataFrame) -> Safe:
    """Agents by platform: adjusted share with band and n."""
    platforms = sorted(found.platform.unique())
    columns = [
        Column(context.say("Agent")),
        *(Column(platform.capitalize(), True) for platform in platforms),
    ]
    rows = []
    for key, cards in found.groupby("agent_key", sort=False):
        by = {row.platform: row for row in cards.itertuples()}
        cells = [_cell(context, by.get(platform)) for platform in platforms]
        rows.append([linked(context, key), *cells])
    return long_table(context.own, columns, rows, context.say("Agents by marketplace"))


def _cell(context: Context, row: Any) -> Safe:
    if row is None:
        return joined("")
    value = row.adjusted_rate if row.band != "insufficient" else row.raw_rate
    sign = signed(BAND_COLOURS[row.band], context.own.percent(number(value)))
    return joined(sign, tag("span", f"{row.n_met} / {row.n}", of="sub"))


def _ebay(context: Context, found: pd.DataFrame) -> None:
    if found.empty:
        show(
            tag(
                "p",
                context.say("Nobody answered a case under an eBay promise in this period."),
                of="muted",
            )
        )
        return
    judged = found[found.band != "insufficient"]
    meets = judged[judged.band.isin(["above", "in_range"])]
    show(
        tag(
            "p",
            context.say(
                "{judged} of {count} agents have enough cases to be judged; {meets} of them meet the "
                "promise (in range or above).",
                judged=len(judged),
                count=len(found),
                meets=len(meets),
            ),
        )
    )
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Band")),
        Column(context.say("Kept"), True),
        Column(context.say("Broken"), True),
        Column(context.say("Share, 95 % interval"), True),
        Column(context.say("Goal"), True),
    ]
    own = context.own
    rows = [
        [
            linked(context, row.agent_key),
            signed(BAND_COLOURS[row.band], context.word(row.band)),
            own.number(row.n_met),
            own.number(row.n_breached),
            joined(
                own.percent(number(row.raw_rate)),
                tag(
                    "span",
                    interval(own, number(row.ci_low), number(row.ci_high), "%", "ratio"),
                    of="sub",
                ),
            ),
            own.percent(number(row.goal), 0),
        ]
        for row in found.itertuples()
    ]
    show(long_table(context.own, columns, rows, context.say("Agents under the eBay promise")))


def _consistent(context: Context) -> None:
    month = context.ask_with(context.filters.only(()), agents.consistency_month)
    show(heading(context, 3))
    found = (
        context.ask_with(
            context.filters.only(("layer",)).but(month=month or ""), agents.consistency
        )
        if month
        else None
    )
    if found is None or found.empty:
        show(tag("p", context.say("Nobody has four judged weeks in a month."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Weeks on target"), True),
        Column(context.say("Status")),
        Column(context.say("Band in the last two months")),
    ]
    rows = []
    for row in found.itertuples():
        bands = (
            []
            if row.last_bands is None or isinstance(row.last_bands, float)
            else list(row.last_bands)
        )
        said = " · ".join(context.word(code) for code in bands)
        cell = (
            signed("green", context.say("above goal twice running"))
            if row.is_above_twice
            else joined(said)
        )
        weeks = f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}"
        rows.append(
            [linked(context, row.agent_key), weeks, mark(own, row.status, row.status_reason), cell]
        )
    show(tag("p", own.month(context.filters.but(month=month).first_day), of="muted"))
    show(long_table(context.own, columns, rows, context.say("Weeks on target")))


def _coaching(context: Context) -> None:
    found = context.ask(agents.flags)
    show(heading(context, 4))
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
            [linked(context, row.agent_key), flag, row.evidence, row.suggested_topic, action]
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


def _fast(context: Context) -> None:
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
                "{own.percent(row.without_reply_rate)}, n {row.closed:.0f}",
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
        charts.draw(said, lambda: charts.scatter(frame, words, across, up))
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
