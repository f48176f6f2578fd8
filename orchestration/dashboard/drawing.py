"""What all pages share: the filters beside them, the line that says what is shown and of when, and failures."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import streamlit as st

from ingestion.errors import DeskhouseError
from orchestration.dashboard import filters as chosen
from orchestration.dashboard.applying import LABELS, labels_of, not_applied
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import offer
from orchestration.dashboard.figures import box, empty, joined, show, tag
from orchestration.dashboard.filters import Choice, choose
from orchestration.dashboard.looks import leave
from orchestration.dashboard.queries import log, places
from orchestration.dashboard.selection import PLACES, Filters
from orchestration.dashboard.words import ACTIONS, CUSTOMERS, PLATFORMS
from orchestration.presenting.languages import Language
from orchestration.presenting.publication import Publication
from orchestration.presenting.words import ROLES
from orchestration.settings import Settings

WINDOWS = ("30", "60", "90")
GRAINS = ("day", "week")
_QUIET = ("tenant", "kpi", "scope", "id", "ticket")
"""Said by the page itself."""


def settle(
    settings: Settings,
    publication: Publication,
    own: Language,
    name: str,
    module: ModuleType,
    values: dict[str, str],
) -> Context:
    """The view: filters drawn in the sidebar, those of other pages left out, the address written."""
    leave(name)
    linked = chosen.linked(name)
    values = dict(values)
    blank = Context(settings, publication, own, Filters(), name)
    tenants = blank.ask(places.tenants)
    unknown: dict[str, str | None] = {}
    with st.sidebar:
        if len(tenants) > 1 or values.get("tenant"):
            asked = Choice("tenant", own.text("Company"), {tenant: tenant for tenant in tenants})
            unknown["tenant"] = choose(asked, values)
        tenant = values.get("tenant") or (tenants[0] if tenants else "")
        blank = Context(settings, publication, own, Filters(tenant=tenant), name)
        for choice in _choices(blank, blank.filters, module):
            unknown[choice.name] = choose(choice, values)
        if "ticket" in module.USES:
            chosen.type_in("ticket", labels_of(own)["ticket"], values)
        chosen.choose_language(own)
    known = (*module.USES, *getattr(module, "QUIET", ()))
    filters = Filters.of(values | {"tenant": tenant}).only(known)
    names = [*known, "lang", *(["tenant"] if values.get("tenant") else [])]
    chosen.write(values, names)
    context = Context(settings, publication, own, filters, name, dict(values))
    asked_for = {*linked, *PLACES} & {one for one in LABELS if values.get(one)}
    left_out = not_applied(context, asked_for - set(known))
    for text in (value for asked, value in unknown.items() if value and asked in linked):
        show(
            box(
                context.say(
                    "The address names {value}, which does not exist here; it was left out.",
                    value=text,
                ),
                is_warning=True,
            )
        )
    if left_out:
        show(left_out)
    return context


def _choices(context: Context, filters: Filters, module: ModuleType) -> list[Choice]:
    """The filters of a page that can be chosen by hand."""
    uses = module.USES
    own = context.own
    names = labels_of(own)
    everywhere = context.ask_with(filters, places.choices)
    months = context.ask_with(filters, places.months) if "month" in uses else []
    labels = {
        "platform": own.text("all platforms"),
        "account": own.text("all accounts"),
        "channel": own.text("all channels"),
        "team": own.text("all teams"),
        "customer": own.text("all customers"),
        "region": own.text("all regions"),
    }
    # pages that judge one promise always have one; others show both until one is chosen
    both = "" if "layer" in getattr(module, "ONE_OF", ()) else own.text("both promises")
    layers = {"internal": context.word("internal"), "marketplace": context.word("marketplace")}
    clocks = {"calendar": context.word("calendar"), "business": context.word("business")}
    windows = {
        days: own.text("last {days} days", days=days)
        for days in getattr(module, "WINDOWS", WINDOWS)
    }
    roles = {code: own.text(said) for code, said in ROLES.items()}
    fixed: Mapping[str, Choice] = {
        "month": Choice("month", names["month"], _months(context, months)),
        "days": Choice("days", names["days"], windows),
        "grain": Choice("grain", names["grain"], {code: own.coded(code) for code in GRAINS}),
        "layer": Choice("layer", names["layer"], layers, both),
        "clock": Choice("clock", names["clock"], clocks, own.text("both clocks")),
        "action": Choice(
            "action",
            names["action"],
            _kinds(context, filters, uses),
            own.text("all actions"),
        ),
        "role": Choice("role", names["role"], roles, own.text("all roles")),
    }
    found = []
    for name in uses:
        if name == "agent":
            found.append(_people(context, filters))
        elif name in fixed:
            found.append(fixed[name])
        elif name in labels:
            options = {
                value: _place(context, name, text) for value, text in everywhere[name].items()
            }
            found.append(Choice(name, names[name], options, labels[name]))
    return found


def _place(context: Context, name: str, said: str) -> str:
    """A place in words; names that people gave stay as they are."""
    kind = {"customer": CUSTOMERS, "platform": PLATFORMS}.get(name)
    return context.word(said, kind) if kind else said


def _kinds(context: Context, filters: Filters, uses: tuple[str, ...]) -> dict[str, str]:
    """Kinds of actions in words, where the page asks for them."""
    known = context.ask_with(filters, log.kinds) if "action" in uses else []
    return {kind: context.word(kind, ACTIONS) for kind in known}


def _people(context: Context, filters: Filters) -> Choice:
    """Persons whose views are not switched off; the page logs the look before it is drawn."""
    known = context.ask_with(filters, places.people)
    shown = known[(known.agent_views != "off") & ~known.is_bot]
    names = {row.agent_key: context.person(row.agent_key) for row in shown.itertuples()}
    return Choice("agent", labels_of(context.own)["agent"], names, context.own.text("all agents"))


def _months(context: Context, months: list[str]) -> dict[str, str]:
    """Months by value; the last full one first, because the running one says little."""
    said = {month: context.own.month(Filters(month=month).first_day) for month in months}
    running = months[:1] if len(months) > 1 else []
    return {month: said[month] for month in [*months[1:2], *running, *months[2:]]}


def draw(context: Context, module: ModuleType) -> None:
    """The page below its title; what fails is told in one sentence."""
    show(tag("h1", module.title(context)), _meta(context))
    if "month" in module.USES and not context.filters.month:
        text = context.say(
            "The first numbers come with the first month of data: deskhouse run publishes them."
        )
        show(empty(context.say("No month has numbers yet"), text))
        return
    try:
        if getattr(module, "HAS_CONTROLS", False):
            module.render(context)
        else:
            context.segment("page", module.render)
        if hasattr(module, "downloads"):
            offer(context, *module.downloads(context))
    except DeskhouseError as error:
        show(empty(context.say("This cannot be shown"), str(error)))


def _chosen(context: Context, known: Mapping[str, Mapping[str, str]], name: str, value: str) -> str:
    """The word for a chosen value."""
    if name == "action":
        return context.word(value, ACTIONS)
    if name == "role":
        return context.word(value, ROLES)
    return _place(context, name, known.get(name, {}).get(value) or context.word(value))


def _meta(context: Context) -> str:
    """What is shown and of when."""
    own, filters = context.own, context.filters
    known = context.ask_with(Filters(tenant=filters.tenant), places.choices)
    said = []
    for name, value in filters.given.items():
        if name in _QUIET:
            continue
        if name == "month":
            said.append(own.month(filters.first_day))
        elif name == "days":
            said.append(own.text("last {days} days", days=value))
        elif name == "grain":
            said.append(own.coded(value))
        elif name == "agent":
            said.append(own.text("one agent"))
        else:
            said.append(_chosen(context, known, name, value))
    if not {"ticket", "scope", *PLACES} & filters.given.keys():
        said.insert(0, own.text("whole company"))
    said.append(own.text("data as of {instant}", instant=context.as_of))
    return tag("p", joined(*(tag("span", part) for part in said)), of="meta")
