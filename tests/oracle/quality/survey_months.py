"""Answers to surveys by month (`csat`, `dsat`, `tag_fcr`)."""

from __future__ import annotations

from tests.oracle.numbers.kpis import NO_AGENT, Collector
from tests.oracle.reasons.reasons import reason_name


def count_surveys(found: Collector) -> None:
    for answer in found.facts.answers:
        sentiment = answer.row["sentiment"]
        is_out = found.facts.world.exclusion(answer.root) is not None
        needed = answer.row["contacts_needed_answer"]
        if answer.is_latest and needed is not None and not is_out:
            found.add(
                "tag_fcr",
                answer.row["responded_at"],
                answer.root,
                answer.team,
                NO_AGENT,
                hit=int(needed == "1"),
                of=1,
                variant="survey",
                subject=("reason", reason_name(found.facts, answer.root) or "untagged"),
            )
        if not answer.is_latest or sentiment is None or is_out:
            continue
        for kpi, wanted in (("csat", "satisfied"), ("dsat", "dissatisfied")):
            found.add(
                kpi,
                answer.row["responded_at"],
                answer.root,
                answer.team,
                answer.agent,
                hit=int(sentiment == wanted),
                of=1,
            )
