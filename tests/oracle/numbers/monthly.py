"""Every KPI of a month that is counted event by event; each subject counts its own."""

from __future__ import annotations

from tests.oracle.cycles.holders import count_closings, count_spans, count_tickets, count_transfers
from tests.oracle.cycles.resolution_months import count_resolution
from tests.oracle.cycles.states import collect_speed
from tests.oracle.numbers.kpis import Collector, Facts
from tests.oracle.people.acts import count_messages
from tests.oracle.people.audit import collect_audit
from tests.oracle.quality.survey_months import count_surveys
from tests.oracle.reasons.macros import collect_macros
from tests.oracle.turns.replies import count_bot_turns, count_contacts, count_replies
from tests.oracle.turns.targets import count_verdicts, count_within_a_day
from tests.oracle.turns.waiting import collect_turns


def collect(facts: Facts) -> Collector:
    """Every monthly KPI except snapshots and windows."""
    found = Collector(facts)
    for row in facts.obligations:
        count_replies(found, row)
        count_verdicts(found, row)
        count_within_a_day(found, row)
        count_contacts(found, row)
    for cycle in facts.cycles:
        if cycle.exclusion is None:
            count_resolution(found, cycle)
    count_bot_turns(found)
    count_tickets(found)
    count_transfers(found)
    count_spans(found)
    count_closings(found)
    count_messages(found)
    count_surveys(found)
    collect_audit(found)
    collect_speed(found)
    collect_turns(found)
    collect_macros(found)
    return found
