"""Which filters a page or a part of it applies; what was chosen and does not count there is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import Safe, joined, tag
from orchestration.dashboard.queries import places
from orchestration.dashboard.selection import PLACES
from orchestration.dashboard.words import N_
from orchestration.presenting.languages import Language

LABELS: Mapping[str, str] = {
    "month": N_("Month"),
    "days": N_("Period"),
    "grain": N_("Day or week"),
    "platform": N_("Platform"),
    "account": N_("Account"),
    "channel": N_("Channel"),
    "team": N_("Team"),
    "agent": N_("Agent"),
    "customer": N_("Customer type"),
    "region": N_("Region"),
    "layer": N_("Promise"),
    "clock": N_("Clock"),
    "role": N_("Role"),
    "action": N_("Action"),
    "ticket": N_("Ticket"),
}
"""Names of the filters as they stand beside a page."""


def beyond(context: Context, *names: str) -> Safe:
    """A line that names the chosen places by which a part of the page is not narrowed; nothing where there is none.

    Args:
        context: of the page.
        names: filters that the part applies.
    """
    left = [name for name in PLACES if getattr(context.filters, name) and name not in names]
    if not left:
        return joined("")
    said = context.say("Not narrowed by: {filters}.", filters=_listed(context, left))
    return tag("p", said, of="muted small")


def beside_one_place(context: Context) -> Safe:
    """The same for a part whose numbers stand for one place, the narrowest that was chosen."""
    return beyond(context, *one_place(context))


def one_place(context: Context) -> tuple[str, ...]:
    """Filters that mean one place: the narrowest, and its platform where that was chosen, too."""
    filters = context.filters
    names = filters.narrowest_name
    if filters.platform and names in (("channel",), ("account",)):
        asked = filters.only(("account", "channel"))
        if context.ask_with(asked, places.platform_of) == filters.platform:
            return ("platform", *names)
    return names


def not_applied(context: Context, names: Collection[str]) -> Safe:
    """A line that names filters in force that this page does not have."""
    if not names:
        return joined("")
    said = context.say("Not applied on this page: {filters}.", filters=_listed(context, names))
    return tag("p", said, of="muted small")


def labels_of(own: Language) -> dict[str, str]:
    """Names of the filters in a language."""
    return {name: own.text(english) for name, english in LABELS.items()}


def _listed(context: Context, names: Collection[str]) -> str:
    return ", ".join(said for name, said in labels_of(context.own).items() if name in names)
