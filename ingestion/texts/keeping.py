"""Whether texts of messages are kept, whose and for how long: two variables of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingestion.errors import ConfigurationError

KEEP_VARIABLE = "DESKHOUSE_KEEP_TEXTS"
DAYS_VARIABLE = "DESKHOUSE_TEXTS_RETENTION_DAYS"
DEFAULT_DAYS = 90
_LONGEST_DAYS = 3650
AGENT = "agent"
CUSTOMER = "customer"
_ROLES: dict[str, frozenset[str]] = {
    "agent": frozenset({AGENT}),
    "all": frozenset({AGENT, CUSTOMER, "bot", "system", "marketplace"}),
}


@dataclass(frozen=True)
class Keeping:
    """The operator's choice.

    Attributes:
        mode: ``agent``, ``all``, or empty for off.
        days: how long a text is kept, from when it was sent.
    """

    mode: str = ""
    days: int = DEFAULT_DAYS

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return bool(self.mode)

    @property
    def roles(self) -> frozenset[str]:
        """Roles of authors (``author_role`` of a message) whose texts are kept."""
        return _ROLES.get(self.mode, frozenset())

    def oldest(self, as_of: datetime) -> datetime:
        """Texts that were sent before this instant are not kept."""
        return as_of - timedelta(days=self.days)


def read_keeping() -> Keeping:
    """The choice of the environment.

    Raises:
        ConfigurationError: a variable has an unusable value.
    """
    mode = os.environ.get("DESKHOUSE_KEEP_TEXTS", "").strip().lower()
    if mode in ("off", "none"):
        mode = ""
    if mode and mode not in _ROLES:
        raise ConfigurationError(
            f"{KEEP_VARIABLE} is {mode!r}: set it to agent or all, or unset it to keep no texts."
        )
    given = os.environ.get("DESKHOUSE_TEXTS_RETENTION_DAYS", "").strip()
    if given and not (given.isascii() and given.isdigit() and 0 < int(given) <= _LONGEST_DAYS):
        raise ConfigurationError(
            f"{DAYS_VARIABLE} is {given!r}: set it to whole days from 1 to {_LONGEST_DAYS}, or unset it for "
            f"{DEFAULT_DAYS}."
        )
    return Keeping(mode, int(given) if given else DEFAULT_DAYS)
