"""Alert rules about reasons, teams, accounts and data (catalogue §13), read at the ends of days.

`reason_surge`, `unexplained_slowdown`, `csat_drop`, `headroom_low`, `data_stale`, `mapping_gap`, `completeness`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.alerts.alert_states import (
    State,
    company_target,
    days_between,
    end_of,
    first_day,
    today,
)
from tests.oracle.data.check_days import check_days
from tests.oracle.data.freshness import freshness
from tests.oracle.health.health_days import ESTIMATE, health_days
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day, wilson
from tests.oracle.reasons.fixes import order_days
from tests.oracle.reasons.tag_days import tag_days
from tests.oracle.speed.charts import individuals
from tests.oracle.speed.speed_volume import speed_volume
from tests.oracle.world.canonical_rows import DAY
from tests.oracle.world.keys import key

_BAD = ("bad", "at_risk", "deactivated", "below_standard")
_GOOD = ("good", "above_standard", "top_rated", "normal")
_SURGE_LEAST = 5
_FORTNIGHT = timedelta(days=14)
_ANSWERS = 30
_CHECKS = {"unmapped_rate": "mapping_gap", "load_completeness": "completeness"}


def surges(facts: Facts) -> Iterator[State]:
    """Tickets of a reason per 100 orders of the day above the limits of the forty days before."""
    orders = Counter(day for day, row in order_days(facts) if not row["is_deleted_in_source"])
    tickets: dict[str, Counter[date]] = defaultdict(Counter)
    for (_, day, *_), out in tag_days(facts).items():
        if not out["is_untagged"]:
            tickets[out["reason_name"]][day] += out["tickets"]
    for reason, counts in tickets.items():
        first = min(counts)
        days = sorted(day for day in orders if day >= first)
        rates = [100 * counts[day] / orders[day] for day in days]
        signals: list[bool] = []
        for place, day in enumerate(days):
            limits = individuals(rates[:place], [False] * place)
            limit = None
            if limits.centre is not None and limits.reach is not None:
                limit = limits.centre + limits.reach
            is_known = limits.is_judging and limit is not None and counts[day] >= _SURGE_LEAST
            is_on = is_known and limit is not None and rates[place] > limit + 1e-9
            signals.append(is_on)
            scope = ("reason_surge", "reason", reason, end_of(facts, day))
            numbers = (rates[place], counts[day], None, None, limit)
            yield State(*scope, is_on, not any(signals[-7:]), *numbers)


def slowdowns(facts: Facts) -> Iterator[State]:
    """A team on a channel slower than its volume explains, two judged days running."""
    tenant = facts.world.tenant
    names = {key(tenant, *name): name[1] for name in (*facts.world.channels, *facts.world.teams)}
    series: dict[str, list[tuple[date, dict[str, float | None], str]]] = defaultdict(list)
    for ((grain, kind, channel, team, _), day), out in speed_volume(facts).items():
        if (grain, kind) == ("day", "channel_team") and out["verdict"] != "insufficient":
            scope = f"{names[channel]}|{names[team]}"
            series[scope].append((day, out, out["verdict"]))
    for scope, points in series.items():
        points.sort(key=lambda point: point[0])
        verdicts = [verdict for _, _, verdict in points]
        for place, (day, out, verdict) in enumerate(points):
            before = verdicts[place - 1] if place else None
            last = verdicts[max(place - 2, 0) : place + 1]
            is_clear = len(last) == 3 and "unexplained" not in last
            numbers = (out["reaction_median_s"], out["n_reactions"], None, None)
            yield State(
                "unexplained_slowdown",
                "channel_team",
                scope,
                end_of(facts, day),
                verdict == before == "unexplained",
                is_clear,
                *numbers,
                out["speed_high_s"],
            )


def drops(facts: Facts) -> Iterator[State]:
    """Dissatisfied customers of a team surely beyond target and tolerance in fourteen days."""
    answers: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for answer in facts.answers:
        sentiment, is_out = answer.row["sentiment"], facts.world.exclusion(answer.root) is not None
        if answer.is_latest and sentiment is not None and not is_out and answer.team is not None:
            day = local_day(answer.row["responded_at"], facts.zone)
            answers[answer.team].append((day, sentiment == "dissatisfied"))
    for team, rows in answers.items():
        for day in days_between(min(when for when, _ in rows), today(facts)):
            recent = [bad for when, bad in rows if day - _FORTNIGHT < when <= day]
            target = company_target(facts, "dsat", "none", day)
            if not recent or target is None:
                continue
            n, bad = len(recent), sum(recent)
            low, high = wilson(bad, n)
            limit = target[0] + target[1]
            is_on, is_clear = n >= _ANSWERS and low > limit, bad / n <= target[0]
            scope = ("csat_drop", "team", team, end_of(facts, day))
            yield State(*scope, is_on, is_clear, bad / n, n, low, high, limit)


def headrooms(facts: Facts) -> Iterator[State]:
    """Published figures with two defects or fewer left, or a bad status; projections of the platform are no news."""
    ids = {key(facts.world.tenant, name): name for name in facts.world.accounts}
    for identity, out in health_days(facts).items():
        _, day, account, metric, program, evaluation, fulfilment, _, value, length = identity
        if metric == ESTIMATE or evaluation not in (None, "current"):
            continue
        parts = (ids[account], metric, program, evaluation, fulfilment, value, length)
        left, status = out["headroom"], out["published_status"]
        is_few = out["headroom_status"] == "grey_small_n"
        is_old = (out["days_since_capture"] or 0) > 30
        is_bad = status in _BAD
        is_good = left >= 5 or is_few if left is not None else status in _GOOD
        is_on = not is_old and (is_bad or (left is not None and left <= 2 and not is_few))
        n = out["denominator"]
        yield State(
            "headroom_low",
            "marketplace_account",
            "|".join(part or "" for part in parts),
            end_of(facts, day),
            is_on,
            is_old or (is_good and not is_bad),
            left,
            None if n is None else float(n),
            threshold=2,
        )


def data(facts: Facts) -> Iterator[State]:
    """Limits of group G: values outside the vocabulary, missing rows, sources that stopped."""
    for (source, day, check, table), out in check_days(facts).items():
        if check in _CHECKS and day >= first_day(facts):
            is_on = out["status"] == "failed"
            scope = (_CHECKS[check], "source", f"{source}|{table}", end_of(facts, day))
            numbers = (out["value"], out["denominator"], None, None, out["limit_value"])
            yield State(*scope, is_on, not is_on, *numbers)
    for (source, table), out in freshness(facts).items():
        is_on = out["freshness_status"] == "red"
        at = out["behind_since_at"] + DAY if is_on else facts.world.as_of
        numbers = (float(out["freshness_lag_s"]), out["row_count"], None, None, 86_400)
        yield State("data_stale", "source", f"{source}|{table}", at, is_on, not is_on, *numbers)
