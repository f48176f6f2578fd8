"""Patterns and words of what rows behind a number are: English here, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.dashboard.words import N_

PROMISES: Mapping[str, str] = {
    "met": N_("promise kept"),
    "breached": N_("promise broken"),
    "pending": N_("promise still open"),
    "no_target": N_("no target"),
    "excluded": N_("excluded"),
}
MISSED: Mapping[str, str] = {
    "met_answered": N_("answered in time"),
    "late_answered": N_("answered late"),
    "missed_never": N_("missed, never answered"),
    "missed_recovered_in_target": N_("missed, called back in time"),
    "missed_recovered_late": N_("missed, called back late"),
}
MESSAGES: Mapping[str, str] = {
    "private_message": N_("private message"),
    "public_comment": N_("public comment"),
    "review": N_("review"),
    "call": N_("call"),
    "chat_line": N_("line of a chat"),
    "email": N_("e-mail"),
    "case_action": N_("action in a case"),
    "reply": N_("reply"),
}
STATES: Mapping[str, str] = {
    "handling": N_("handling"),
    "available": N_("available"),
    "break": N_("break"),
    "meeting": N_("meeting"),
    "training": N_("training"),
    "coaching": N_("coaching"),
    "admin": N_("administration"),
    "absent_paid": N_("paid absence"),
    "absent_unpaid": N_("unpaid absence"),
    "offline": N_("offline"),
}
"""What a person did for a while."""
ORIGINS: Mapping[str, str] = {
    "inbound": N_("opened by the customer"),
    "outbound": N_("opened by an agent"),
    "proxy": N_("contact logged by an agent"),
}
GRAINS: Mapping[str, str] = {
    "30min": N_("half hour"),
    "day": N_("day"),
    "week": N_("week"),
    "month": N_("month"),
}
COSTS: Mapping[str, str] = {
    "labour": N_("labour"),
    "tooling": N_("tools"),
    "outsourcing": N_("outsourcing"),
    "marketplace_fee": N_("fees of marketplaces"),
    "overhead": N_("overhead"),
}
ENDS: Mapping[str, str] = {
    "solved": N_("the solution"),
    "reassignment": N_("the next assignment"),
    "merged": N_("the merge"),
    "open": N_("now, still open"),
}
"""Until when somebody held a ticket."""
PATTERNS: Mapping[str, str] = {
    "{turn} turn {verdict}, {owner_rule}": "{turn}: {verdict}, {owner_rule}",
    "{turn} turn {verdict}": "{turn}: {verdict}",
    "resolution {verdict}, {owner_rule}": N_("resolution: {verdict}, {owner_rule}"),
    "{turn} turn due {at}, {owner_rule}": N_("{turn}: due {at}, {owner_rule}"),
    "{turn} turn in time": N_("{turn}: answered in time"),
    "{turn} turn later": N_("{turn}: answered later or never"),
    "{turn} turn, clock anomaly": N_("{turn}: clock of the source is wrong"),
    "{turn} turn, sessions: {n}": N_("{turn}, sessions: {n}"),
    "{turn} turn, answered by unowned": N_("{turn}: answered by nobody in person"),
    "{turn} turn, answered by {agent}": N_("{turn}: answered by {agent}"),
    "{turn} turn, {state}": "{turn}: {state}",
    "{turn} turn": "{turn}",
    "turn unanswered since {at}": N_("message unanswered since {at}"),
    "late or unanswered": N_("late or unanswered"),
    "in time": N_("in time"),
    "reviews: {n}, points: {points} %": N_("reviews: {n}, points: {points} %"),
    "reviews: {n}": N_("reviews: {n}"),
    "with reply": N_("with reply"),
    "without reply": N_("without reply"),
    "order {name}": N_("order {name}"),
    "contact about an order": N_("contact about an order"),
    "contact without order": N_("contact without order"),
    "{n} contacts, reopened, came back": N_("contacts: {n}, reopened, came back"),
    "{n} contacts, reopened": N_("contacts: {n}, reopened"),
    "{n} contacts, came back": N_("contacts: {n}, came back"),
    "{n} contacts, stayed solved": N_("contacts: {n}, stayed solved"),
    "{n} contacts, said the customer": N_("contacts: {n}, said the customer"),
    "{n} contacts": N_("contacts: {n}"),
    "defect after {n} contacts": N_("defect, contacts before it: {n}"),
    "hours of the month": N_("hours of the month"),
    "paid time of a team": N_("paid time of a team"),
    "no contact": N_("no contact"),
    "contacted the desk": N_("contacted support"),
    "{grain} of {name}: forecast {n}, came {came}": N_(
        "{grain}, {name}: forecast {n}, came {came}"
    ),
    "{grain}: on duty {n} h, required {needed} h": N_(
        "{grain}: on duty {n} h, required {needed} h"
    ),
    "measured": N_("measured"),
    "inferred only": N_("estimated only"),
    "no session": N_("no session of handling"),
    "{name} in the last reply, reopened": N_("{name} in the last reply, reopened"),
    "{name} in the last reply": N_("{name} in the last reply"),
    "{name} in an earlier reply, reopened": N_("{name} in an earlier reply, reopened"),
    "{name} in an earlier reply": N_("{name} in an earlier reply"),
    "{n} replies": N_("replies: {n}"),
    "resolution, own replies: {n}": N_("resolution, own replies: {n}"),
    "session {name}: {n} against {other}": N_("calibration {name}: {n} against {other}"),
    "scorecard {name}, points {n} of {possible}, errors {errors}": N_(
        "scorecard {name}, points {n} of {possible}, errors {errors}"
    ),
    "up to cycle {n}": N_("up to cycle {n}"),
    "cycle {n}": N_("cycle {n}"),
    "{name} -> untagged": N_("{name} → without a reason"),
    "{name} -> {other}": "{name} → {other}",
    "unassigned, {n} s left": N_("unassigned, {n} s left"),
    "assigned, {n} s left": N_("assigned, {n} s left"),
    "no answer": N_("no answer"),
    "not sent: {survey}": "{survey}",
    "assigned until {end}": N_("assigned until {end}"),
    "held until {end}": N_("held until {end}"),
    "answered without assignment": N_("answered without assignment"),
    "assigned": N_("assigned"),
    "method {n}, reply {id}": N_("method {n}, reply {id}"),
    "one hand": N_("in one hand"),
    "passed on": N_("passed on"),
    "overdue since": N_("overdue since"),
    "first of more than {n} closings in {minutes} minutes": N_(
        "first of more than {n} closings in {minutes} minutes"
    ),
    "first answer of any kind": N_("first answer of any kind"),
    "inbound message": N_("message of a customer"),
    "last reply {at}": N_("last reply {at}"),
    "held since {at}": N_("held since {at}"),
    "since the update at {at}": N_("since the update at {at}"),
    "resolved ticket, sessions: {n}": N_("resolved ticket, sessions: {n}"),
    "{n} sessions": N_("sessions: {n}"),
    "{n} of {judged} met, goal {goal} %": N_("kept {n} of {judged}, goal {goal} %"),
    "resolved": N_("resolved"),
    "waits, {status}": N_("waits, {status}"),
    "share of {cost_type} {name}, provisional": N_(
        "share of the cost {cost_type} {name}, provisional"
    ),
    "share of {cost_type} {name}": N_("share of the cost {cost_type} {name}"),
    "before the fix": N_("before the fix"),
    "after the fix": N_("after the fix"),
    "{n} s, no macro": N_("{n} s, no macro"),
    "{n} s, macro {id}": N_("{n} s, macro {id}"),
    "{n} s, untagged": N_("{n} s, without a reason"),
    "{n} s, {name}": N_("{n} s, {name}"),
    "{name}, covered": N_("{name}, with a macro"),
    "{name}, without": N_("{name}, without a macro"),
    "{name}, place {n}, before {before}": N_("{name}, place {n}, before {before}"),
    "{name}, no place, before {before}": N_("{name}, no place, before {before}"),
    "{name}, place {n}": N_("{name}, place {n}"),
    "{name}, no place": N_("{name}, no place"),
    "{id}, not agreed": N_("{id}, not agreed"),
    "{id}, agreed": N_("{id}, agreed"),
    "{id} of {name} rated {n}": N_("{id} of {name}, rated {n}"),
    "ours {n}, published {other}": N_("ours {n}, published {other}"),
    "untagged": N_("without a reason"),
    "{code} of {place} ({fulfilment}), {n} left": N_("{code}, {place} ({fulfilment}), left: {n}"),
    "{code} of {place}, {n} left": N_("{code}, {place}, left: {n}"),
    "{code} of {scope} {name} as presented": N_("{code}, {scope} {name}: as presented"),
    "{code} of {scope} {name} restated": N_("{code}, {scope} {name}: restated"),
    "{table} of {place}": "{table}, {place}",
    "{action} ({why})": "{action} ({why})",
    "{alone}": "{alone}",
}
"""Texts of the warehouse with what is said for them; the first that fits counts.

What holds no words beside its places is not translated.
"""
