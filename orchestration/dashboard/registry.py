"""The pages by their path in the address, in the order of the menu."""

from __future__ import annotations

from types import ModuleType

from orchestration.dashboard.views import (
    agents,
    case,
    channels,
    data,
    governance,
    health,
    log,
    overview,
    reasons,
    speed,
    staffing,
    why,
)
from orchestration.presenting.languages import Language

PAGES: dict[str, ModuleType] = {
    "overview": overview,
    "agents": agents,
    "channels": channels,
    "speed": speed,
    "reasons": reasons,
    "health": health,
    "governance": governance,
    "staffing": staffing,
    "log": log,
    "case": case,
    "data": data,
    "why": why,
}
DEFAULT = "overview"
HIDDEN = ("why",)
ICONS = {
    "overview": ":material/dashboard:",
    "agents": ":material/groups:",
    "channels": ":material/alt_route:",
    "speed": ":material/speed:",
    "reasons": ":material/label:",
    "health": ":material/health_and_safety:",
    "governance": ":material/gavel:",
    "staffing": ":material/calendar_month:",
    "log": ":material/history:",
    "case": ":material/folder_open:",
    "data": ":material/database:",
    "why": ":material/help:",
}


def nav_titles(own: Language) -> dict[str, str]:
    """Names of the pages in the menu."""
    return {
        "overview": own.text("Overview"),
        "agents": own.text("Agents"),
        "channels": own.text("Channels"),
        "speed": own.text("Speed and volume"),
        "reasons": own.text("Reasons"),
        "health": own.text("Marketplace health"),
        "governance": own.text("Governance"),
        "staffing": own.text("Staffing"),
        "log": own.text("Operators' log"),
        "case": own.text("Case file"),
        "data": own.text("Data"),
        "why": own.text("Why this number"),
    }
