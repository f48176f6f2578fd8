"""How the texts of the delivery's files become values; what is wrong with one is said in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]

from ingestion.yaml_lines import Field
from orchestration.delivery.quiet import parse_quiet_hours
from orchestration.delivery.rules import ROLES, RULE_TEXTS, SEVERITIES
from orchestration.presenting.languages import LANGUAGES

_VARIABLE = re.compile(r"^[A-Z][A-Z0-9_]*$")
_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\s*(min|h|d)$")
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_MINUTES = {"min": 1, "h": 60, "d": 1440}
_CRON_FIELDS = 5


def text(raw: Any) -> str:
    """A text that is not empty.

    Raises:
        ValueError: it is a list or a mapping, or empty.
    """
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("must be a text")
    return raw.strip()


def texts(raw: Any) -> tuple[str, ...]:
    """One text or a list of them."""
    return tuple(text(one) for one in (raw if isinstance(raw, list) else [raw]))


def variables(raw: Any) -> tuple[str, ...]:
    """Names of environment variables.

    Raises:
        ValueError: something is no name; an address is not repeated, as it may hold a secret.
    """
    found = []
    for one in texts(raw):
        if "://" in one:
            raise ValueError(
                "holds an address: addresses are secrets, put it into a variable of the environment and give its name"
            )
        if not _VARIABLE.match(one):
            raise ValueError(
                f"{one!r} is no name of a variable; write it like DESKHOUSE_URL_OF_THE_LEAD"
            )
        found.append(one)
    return tuple(found)


def choice(*allowed: str) -> Callable[[Any], str]:
    """A parser of one of these words."""

    def parse(raw: Any) -> str:
        if raw not in allowed:
            raise ValueError(f"{raw!r} is not one of {', '.join(allowed)}")
        return str(raw)

    return parse


def choices(*allowed: str) -> Callable[[Any], tuple[str, ...]]:
    """A parser of one or several of these words."""
    one = choice(*allowed)
    return lambda raw: tuple(one(word) for word in (raw if isinstance(raw, list) else [raw]))


def zone(raw: Any) -> ZoneInfo:
    """A time zone by its name.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(text(raw))
    except (OSError, KeyError, ValueError) as error:
        raise ValueError(f"{raw!r} is no time zone, such as Europe/Rome") from error


def span(raw: Any) -> timedelta:
    """A time such as 30 min, 4 h or 2 d.

    Raises:
        ValueError: it is none, or nothing at all.
    """
    match = _SPAN.match(raw) if isinstance(raw, str) else None
    found = timedelta(minutes=float(match[1]) * _MINUTES[match[2]]) if match else timedelta(0)
    if found <= timedelta(0):
        raise ValueError(f"{raw!r} is no time; write 30 min, 4 h or 2 d")
    return found


def cron(raw: Any) -> str:
    """A cron expression of five fields.

    Raises:
        ValueError: it is none.
    """
    said = text(raw)
    if len(said.split()) != _CRON_FIELDS or not croniter.is_valid(said):
        raise ValueError(
            f'{said!r} is no schedule: write five fields, such as "0 8 * * mon" (Mondays at 08:00)'
        )
    return said


def month(raw: Any) -> str:
    """``last``, ``current`` or a month.

    Raises:
        ValueError: it is neither.
    """
    if raw not in ("last", "current") and not _MONTH.match(text(raw)):
        raise ValueError(f"{raw!r} is neither last nor current nor a month such as 2026-10")
    return str(raw)


def address(raw: Any) -> str:
    """An http address without user and password.

    Raises:
        ValueError: it is none; one that holds a password is not repeated.
    """
    parts = urlsplit(text(raw))
    if parts.username or parts.password:
        raise ValueError("holds a user name or password, and messages would show it")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{raw!r} is no address such as https://desk.example.com")
    return str(raw).rstrip("/")


RECIPIENT = {
    "name": Field(text, True),
    "url_env": Field(variables, True),
    "roles": Field(choices(*ROLES)),
    "teams": Field(texts),
    "tenants": Field(texts),
    "agent": Field(text),
    "language": Field(choice(*LANGUAGES)),
    "zone": Field(zone),
    "quiet": Field(parse_quiet_hours),
    "severities": Field(choices(*SEVERITIES)),
    "rules": Field(choices(*RULE_TEXTS)),
}
ESCALATION = {
    "severities": Field(choices(*SEVERITIES), True),
    "after": Field(span, True),
    "to": Field(texts, True),
}
WHAT = {
    "pack": ("forum", "role"),
    "export": ("table", "kpi", "scope", "where"),
    "page": ("page", "filters"),
}
"""What a report can be, and what each kind may be told."""
REPORT = {
    "name": Field(text, True),
    **{kind: Field(lambda raw: raw) for kind in WHAT},
    "month": Field(month),
    "cron": Field(cron, True),
    "zone": Field(zone),
    "to": Field(texts, True),
    "language": Field(choice(*LANGUAGES)),
    "tenant": Field(text),
}
