"""Puts a pack's numbers together for one tenant, month and audience."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

from ingestion.errors import ConfigurationError
from orchestration.pack.audience import Audience, Chosen, chosen
from orchestration.pack.context import decisions, definitions, names_of_kpis, reasons, restatements
from orchestration.pack.evidence import reds_of
from orchestration.pack.facts import Place, months_before, read_facts
from orchestration.pack.governance import close_of, forum_results
from orchestration.pack.numbers import Fact, Pack
from orchestration.pack.people import people_of
from orchestration.presenting.publication import Publication
from orchestration.presenting.scopes import scope_names

_PEOPLE_KPIS = ("sla_compliance", "sla_compliance_first_reply", "agent_consistency")
_HEALTH, _REASONS = "F", "E"


def pack_numbers(publication: Publication, tenant_id: str, month: date, audience: Audience) -> Pack:
    """The numbers of one pack.

    Args:
        publication: to read.
        tenant_id: a known seller company.
        month: its first day.
        audience: for whom.

    Raises:
        ConfigurationError: no numbers of that month, or an unknown forum or role.
    """
    _refuse_month(publication, tenant_id, month)
    wanted = chosen(publication, tenant_id, month, audience)
    close = close_of(publication, tenant_id, month)
    names = scope_names(publication.rows)
    place = Place(tenant_id, month, close is not None, audience.sees_names, names)
    facts = read_facts(publication, place, wanted)
    due, judged = decisions(publication, place, audience, wanted.kpi_ids)
    moved, hidden = restatements(publication, place, wanted.kpi_ids)
    groups = {fact.kpi_group for fact in facts}
    has_agents = any(fact.kpi_id in _PEOPLE_KPIS for fact in facts)
    colleagues, spreads = (
        people_of(publication, place, sees_names=audience.sees_names) if has_agents else ([], [])
    )
    months = months_before(month)
    as_of = publication.one(
        "select max(as_of) from governance_review.kpi_monthly where tenant_id = ? and month = ?",
        [tenant_id, month],
    )
    return Pack(
        tenant_id=tenant_id,
        month=month,
        audience=audience,
        scope_type=wanted.scope_type,
        as_of=as_of.replace(tzinfo=UTC),
        months=months,
        close=close,
        facts=tuple(facts),
        reds=tuple(reds_of(publication, place, facts, due)),
        due=tuple(due),
        judged=tuple(judged),
        restatements=tuple(moved),
        hidden_restatements=hidden,
        forum_results=tuple(forum_results(publication, place, audience)),
        has_agents=has_agents,
        colleagues=tuple(colleagues),
        spreads=tuple(spreads),
        reasons=tuple(reasons(publication, place, months[-2]) if _REASONS in groups else ()),
        health=tuple(_health(publication, place, wanted) if _HEALTH in groups else ()),
        definitions=tuple(definitions(publication, facts)),
        names=names_of_kpis(publication),
    )


def _health(publication: Publication, place: Place, wanted: Chosen) -> list[Fact]:
    """Account health by marketplace account; what was not published is left out."""
    accounts = replace(wanted, scope_type="marketplace_account")
    return [
        fact
        for fact in read_facts(publication, place, accounts)
        if fact.kpi_group == _HEALTH and (fact.value is not None or fact.value_text)
    ]


def _refuse_month(publication: Publication, tenant_id: str, month: date) -> None:
    known = publication.rows(
        "select min(month) as first, max(month) as last, count(*) filter (where month = $month) as rows "
        "from governance_review.kpi_monthly where tenant_id = $tenant",
        {"tenant": tenant_id, "month": month},
    )[0]
    if known["rows"]:
        return
    if known["first"] is None:
        raise ConfigurationError(
            f"There are no numbers of {tenant_id} yet: run deskhouse run first, then review."
        )
    raise ConfigurationError(
        f"There are no numbers of {tenant_id} for {month:%Y-%m}: choose a month from {known['first']:%Y-%m} to "
        f"{known['last']:%Y-%m}."
    )
