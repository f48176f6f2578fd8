"""Who runs this process, as the system knows it; what a person types as his name is a claim beside it."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

_LOGIN_FILE = Path("/proc/self/loginuid")
_NO_LOGIN = 2**32 - 1


@dataclass(frozen=True)
class Operator:
    """User ids of the process: the one it runs under, and the one that logged in where the kernel keeps it."""

    uid: int
    login_uid: int | None = None

    @property
    def name(self) -> str:
        """Account that the operator is addressed by: the one that logged in."""
        return _account(self.uid if self.login_uid is None else self.login_uid)

    def __str__(self) -> str:
        """Such as ``ada (uid 1001)``, or ``ada (uid 1001) as deskhouse (uid 990)`` behind sudo."""
        runs_as = _numbered(self.uid)
        if self.login_uid in (None, self.uid):
            return runs_as
        return f"{_numbered(self.login_uid or 0)} as {runs_as}"


def operator() -> Operator:
    """The operator of this process; the environment (``LOGNAME``, ``USER``) is not asked."""
    return Operator(os.getuid(), _login_uid())


def claimed_name(given: str | None) -> str:
    """Name to record beside the operator: what was typed, else the operator's account."""
    return given.strip() if given and given.strip() else operator().name


def _login_uid() -> int | None:
    try:
        number = int(_LOGIN_FILE.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if number == _NO_LOGIN else number


def _numbered(uid: int) -> str:
    return f"{_account(uid)} (uid {uid})"


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # a container may run under a number that no account has
        return f"user {uid}"
