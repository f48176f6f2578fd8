"""In the meeting: the chair logs decisions, answers comments owed, closes actions and marks restatements as shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import streamlit as st

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.closing.action_log import NewAction
from orchestration.dashboard import deciding
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import box, show, tag
from orchestration.dashboard.queries import governance
from orchestration.dashboard.words import DECISIONS, TRIGGERS
from orchestration.presenting.words import FORUMS

_DUE_DAYS, _JUDGED_DAYS = 14, 45
_DEFAULT_FORUM = "monthly_business_review"
_SAID = "meeting_said"


def render(context: Context) -> None:
    """Draw what the chair may do; nothing is written without a name."""
    with st.expander(
        context.say(
            "In the meeting: decide, answer comments, close actions, mark restatements as shown"
        ),
        icon=":material/edit_note:",
    ):
        note = context.say(
            "What is logged here goes into the signed ledger with this name and the operator's "
            "account, and is published by the next run."
        )
        show(tag("p", note, of="muted"))
        by = st.text_input(context.say("Your name"), key="meeting_by", autocomplete="name")
        said = st.session_state.pop(_SAID, None)
        if said is not None:
            (st.success if said[0] else st.error)(said[1])
        if not by.strip():
            show(box(context.say("Type your name first: decisions are logged by name.")))
            return
        tabs = st.tabs(
            [
                context.say("Log a decision or answer a comment"),
                context.say("Close an action"),
                context.say("Restatements shown"),
            ]
        )
        with tabs[0]:
            _decide(context, by)
        with tabs[1]:
            _finish(context, by)
        with tabs[2]:
            _shown(context, by)


def _done(context: Context, act: Callable[[], str]) -> None:
    """Do something once and show what came of it, also when it failed, on the next run."""
    try:
        st.session_state[_SAID] = (True, act())
    except DeskhouseError as error:
        st.session_state[_SAID] = (False, str(error))
    st.rerun()


def _choose(label: str, options: dict[str, str], key: str, index: int = 0) -> str:
    """A choice of codes by words, each with its code where two have the same words."""
    words = list(options.values())
    said = {
        code: text if words.count(text) == 1 else f"{text} ({code})"
        for code, text in options.items()
    }
    chosen: str = st.selectbox(
        label, list(said), index=index, format_func=lambda code: said[code], key=key
    )
    return chosen


def _comments(context: Context, owed: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Comments owed by what they are about: KPI, kind of place, place."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in owed.itertuples():
        place = context.word(row.scope_type) + (
            "" if row.scope_type == "company" else f" {context.place(row.scope_type, row.scope_id)}"
        )
        found.setdefault(
            f"{context.kpi(row.kpi_id)} · {place}", (row.kpi_id, row.scope_type, row.scope_id)
        )
    return found


def _decide(context: Context, by: str) -> None:
    """A comment owed is answered by a decision on its number and month; accepting the risk is one."""
    of_month = context.filters.only(("month", "role"))
    owed = _comments(context, context.ask_with(of_month, governance.owed))
    free = context.say("something else: choose the KPI below")
    about = st.selectbox(context.say("Comment owed on"), [free, *owed], key="meeting_about")
    with st.form("meeting_decide", border=False):
        kpi = ""
        if about == free:
            names = {code: context.kpi(code) for code in context.kpis}
            kpi = _choose(context.say("KPI"), names, "meeting_kpi")
        asked = _fields(context)
        if not st.form_submit_button(context.say("Log the decision"), type="primary"):
            return
    kpi_id, scope_type, scope_id = owed.get(about, (kpi, *context.filters.narrowest))
    scope: dict[str, Any] = {"kpi_id": kpi_id, "scope_type": scope_type, "scope_id": scope_id}

    def act() -> str:
        asked["expected_change"] = _change(asked["expected_change"])
        action = NewAction(**scope, month=context.filters.first_day, **asked)
        action_id = deciding.decide(context.settings, action, by, context.filters.tenant)
        return context.say("{id} is logged.", id=action_id)

    _done(context, act)


def _fields(context: Context) -> dict[str, Any]:
    """What a decision says, by field; the promised change as it was typed."""
    today = context.settings.as_of.date()
    decision = st.text_area(context.say("Decision, in a sentence"), key="meeting_decision")
    left, right = st.columns(2)
    with left:
        kinds = {code: context.word(code, DECISIONS) for code in DECISIONS}
        kind = _choose(context.say("Kind"), kinds, "meeting_kind")
        owner = st.text_input(context.say("Owner"), key="meeting_owner")
        later = today + timedelta(days=_DUE_DAYS)
        due = st.date_input(context.say("Due"), later, key="meeting_due")
    with right:
        forum = _forum(context, "meeting_forum")
        triggers = {code: context.word(code, TRIGGERS) for code in TRIGGERS}
        trigger = _choose(context.say("Because of"), triggers, "meeting_trigger")
        later = today + timedelta(days=_JUDGED_DAYS)
        judged = st.date_input(context.say("Outcome judged on"), later, key="meeting_judged")
    label = context.say("Promised change, signed, in the KPI's unit (-0.02 = two points less)")
    return {
        "forum_id": forum,
        "trigger": trigger,
        "decision": decision.strip(),
        "decision_type": kind,
        "owner": owner.strip(),
        "due_on": due,
        "evaluate_on": judged,
        "expected_change": st.text_input(label, key="meeting_change"),
    }


def _forum(context: Context, key: str) -> str:
    forums = {code: context.word(code, FORUMS) for code in FORUMS}
    return _choose(context.say("Forum"), forums, key, list(forums).index(_DEFAULT_FORUM))


def _change(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ConfigurationError(
            f"{text!r} is no number: write a signed one like -0.02."
        ) from error


def _finish(context: Context, by: str) -> None:
    rows = deciding.decisions(context.settings, context.filters.tenant)
    pending = {
        row["action_id"]: f"{row['action_id']} · {row['decision']}"
        for row in rows
        if row["status"] in ("open", "overdue")
    }
    if not pending:
        show(tag("p", context.say("No action is open."), of="muted"))
        return
    with st.form("meeting_finish", border=False):
        action_id = _choose(context.say("Action"), pending, "meeting_action")
        ends: dict[str, str] = {"done": context.word("done"), "dropped": context.word("dropped")}
        end = st.radio(
            context.say("It is"),
            list(ends),
            format_func=lambda code: ends[code],
            horizontal=True,
            key="meeting_end",
        )
        evidence = st.text_input(context.say("Where the evidence lies"), key="meeting_evidence")
        if not st.form_submit_button(context.say("Close the action"), type="primary"):
            return

    def act() -> str:
        status = deciding.finish(
            context.settings,
            action_id,
            by,
            context.filters.tenant,
            is_dropped=end == "dropped",
            evidence=evidence,
        )
        return context.say("{id} is {status}.", id=action_id, status=context.word(status))

    _done(context, act)


def _shown(context: Context, by: str) -> None:
    unseen: list[dict[str, Any]] = deciding.unseen(context.settings, context.filters.tenant)
    if not unseen:
        show(tag("p", context.say("No restatement waits for a forum."), of="muted"))
        return
    with st.form("meeting_shown", border=False):
        forum = _forum(context, "meeting_shown_forum")
        label = context.own.ngettext(
            "Mark {count} restatement as shown to this forum",
            "Mark {count} restatements as shown to this forum",
            len(unseen),
            count=len(unseen),
        )
        if not st.form_submit_button(label, type="primary"):
            return

    def act() -> str:
        count = deciding.mark_shown(
            context.settings, forum, by, context.filters.tenant, context.settings.as_of
        )
        return context.own.ngettext(
            "{count} restatement is marked as shown.",
            "{count} restatements are marked as shown.",
            count,
            count=count,
        )

    _done(context, act)
