"""What a page costs: the script of the first one and of an empty page, and each page's slowest filter on a large file.

Processor seconds, which hardly depend on who else uses the machine; the threads of the database count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import streamlit as st
from streamlit.testing.v1 import AppTest

from orchestration.dashboard.context import Context
from orchestration.dashboard.queries import places
from orchestration.dashboard.recording import recording
from orchestration.dashboard.registry import PAGES
from orchestration.dashboard.selection import Filters
from orchestration.dashboard.serving import APP
from orchestration.dashboard.words import DOMAINS
from orchestration.presenting.languages import language
from orchestration.presenting.publication import Publication
from orchestration.settings import Settings, environment_with
from orchestration.warehouse import reading_connection

OBLIGATIONS = 1_000_000
_REPEATS = 5
_LOOKS = 3
"""How often each view is drawn; the least counts: what a machine adds that others use is no cost of the page."""
WHY = "why"
"""The page of a number's rows, which reads the private copy."""
_PLACES = ("platform", "account", "channel", "team", "customer", "region")


@dataclass(frozen=True)
class PageCost:
    """A page's slowest view: which filter it was, and its processor seconds."""

    page: str
    narrowed: str
    cpu_s: float


def first_page_seconds(settings: Settings) -> tuple[float, float]:
    """Processor seconds of the first page drawn again, and of an empty page; the least of some runs each."""
    with environment_with({"DESKHOUSE_HOME": str(settings.home)}):
        ours = _least(AppTest.from_file(str(APP), default_timeout=120))
    return ours, _least(AppTest.from_function(_empty_page, default_timeout=120))


def _empty_page() -> None:
    import streamlit

    streamlit.title("empty")


def _least(app: AppTest) -> float:
    app.run()
    return min(_cpu(app.run) for _ in range(_REPEATS))


def _cpu(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def slowest_views(settings: Settings, marts: Path, pages: Collection[str]) -> list[PageCost]:
    """The slowest view of each of these pages over a published file, nothing kept from the view before."""
    return [
        max(view_costs(settings, marts, name), key=lambda cost: cost.cpu_s)
        for name in PAGES
        if name in pages
    ]


def view_costs(settings: Settings, marts: Path, name: str) -> list[PageCost]:
    """What each view of a page costs over a published file, nothing kept from the view before."""
    publication = Publication(marts, reading_connection(marts))
    blank = Context(settings, publication, language("en", *DOMAINS), Filters(), "bench")
    module = PAGES[name]
    return [_view(blank, name, module, filters) for filters in views(blank, name, module)]


def _view(blank: Context, name: str, module: ModuleType, filters: Filters) -> PageCost:
    context = Context(blank.settings, blank.publication, blank.own, filters, name)

    def draw() -> float:
        st.cache_data.clear()
        with recording():
            return _cpu(lambda: module.render(context))

    chosen = {key: text for key, text in filters.given.items() if key not in ("tenant", "month")}
    least = min(draw() for _ in range(_LOOKS))
    return PageCost(name, ", ".join(f"{key} {text}" for key, text in chosen.items()), least)


def views(blank: Context, name: str, module: ModuleType) -> Iterator[Filters]:
    """The page as it opens, then narrowed by each of its filters, then by each of its windows; *Why* of each KPI."""
    publication = blank.publication
    opened = _opened(publication)
    windows = getattr(module, "WINDOWS", ("30",))
    one_of = getattr(module, "ONE_OF", ())
    plain = opened.but(
        days=windows[0] if "days" in module.USES else "",
        layer="internal" if "layer" in one_of else "",
        ticket=_ticket(publication) if name == "case" else "",
    )
    if name == WHY:
        yield from (plain.but(kpi=kpi) for kpi in _kpis(publication, plain))
        return
    yield plain
    choices = places.choices(publication, opened)
    for place in _PLACES:
        if place in module.USES and choices[place]:
            yield plain.but(**{place: next(iter(choices[place]))})
    if "agent" in module.USES:
        yield plain.but(agent=_agent(publication))
    if "ticket" in module.USES:
        yield plain.but(ticket=_ticket(publication))
    for filter_name, value in (
        ("layer", "marketplace"),
        ("clock", "business"),
        ("action", "status_change"),
    ):
        if filter_name in module.USES:
            yield plain.but(**{filter_name: value})
    if "days" in module.USES:
        yield from (plain.but(days=days) for days in windows[1:])


def _opened(publication: Publication) -> Filters:
    """The first tenant and the last month that is over, as a page opens."""
    of_tenant = Filters(tenant=places.tenants(publication, Filters())[0])
    months = places.months(publication, of_tenant)
    return of_tenant.but(month=(months[1:2] or months)[0])


def _kpis(publication: Publication, filters: Filters) -> list[str]:
    """The KPIs that the month has numbers of."""
    query = """
        select distinct kpi_id from governance_review.kpi_monthly
        where tenant_id = ? and month = ? and scope_type = 'company'
        order by kpi_id
    """
    rows = publication.rows(query, [filters.tenant, filters.first_day])
    return [str(row["kpi_id"]) for row in rows]


def _ticket(publication: Publication) -> str:
    return str(publication.one("select max(ticket_id) from core.dim_tickets"))


def _agent(publication: Publication) -> str:
    query = "select mode(agent_key) from agent_sla.agent_actions where agent_key <> 'unowned'"
    return str(publication.one(query))
