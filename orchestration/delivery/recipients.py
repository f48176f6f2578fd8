"""Who is told what: recipients, escalation and reports as the files of the delivery describe them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from orchestration.delivery.quiet import QuietHours
from orchestration.delivery.rules import SEVERITIES

UTC_ZONE = ZoneInfo("UTC")
STALE_AFTER = timedelta(hours=36)


@dataclass(frozen=True)
class Recipient:
    """Somebody, or a room, that messages go to.

    Attributes:
        name: by which the files, ``doctor`` and the log speak of it; never an address.
        url_envs: names of the variables that hold its addresses for Apprise; each gets every message.
        roles: of §9.1 and §13; a rule names the roles that it tells.
        teams: ids or names; empty = of every team.
        tenants: seller companies; empty = all.
        agent: id of the person, for the roles ``agent`` and ``holder``.
        severities: that are told at all.
        rules: that are told at all; empty = all.
    """

    name: str
    url_envs: tuple[str, ...]
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    agent: str | None = None
    language: str = "en"
    zone: ZoneInfo = UTC_ZONE
    quiet: QuietHours | None = None
    severities: tuple[str, ...] = SEVERITIES
    rules: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Escalation:
    """Whom a message goes to when nobody has acknowledged an alert some time after it was told."""

    severities: tuple[str, ...]
    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Something that is sent by the clock.

    Attributes:
        name: by which it is sent by hand.
        what: ``pack``, ``export`` or ``page``.
        options: of what is sent, texts by name.
        month: ``last``, ``current`` or one such as 2026-10.
        cron: five fields, in ``zone``.
        to: names of recipients.
        language: of the report; None = that of each recipient.
    """

    name: str
    what: str
    options: tuple[tuple[str, str], ...]
    month: str
    cron: str
    zone: ZoneInfo
    to: tuple[str, ...]
    language: str | None = None
    tenant_id: str | None = None

    def option(self, name: str) -> str | None:
        """The text of an option; None where it was not given."""
        return dict(self.options).get(name)


@dataclass(frozen=True)
class Delivery:
    """Everything that the files say; ``dashboard`` is the address under which readers reach it."""

    recipients: tuple[Recipient, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    reports: tuple[Report, ...] = ()
    dashboard: str | None = None
    stale_after: timedelta = STALE_AFTER

    def recipient(self, name: str) -> Recipient | None:
        """The recipient of a name; None where there is none any more."""
        return next((one for one in self.recipients if one.name == name), None)
