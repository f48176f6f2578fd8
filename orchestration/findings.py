"""What ``deskhouse doctor`` says about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``remedy`` is empty when all is well."""

    subject: str
    state: State
    seen: str
    remedy: str = ""
