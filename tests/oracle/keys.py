"""Surrogate keys as the warehouse builds them."""

from __future__ import annotations

import hashlib
from typing import Any

UNOWNED = "unowned"


def key(*parts: Any) -> str | None:
    """Surrogate key: md5 over the parts joined by ``|``; null when the natural id is null."""
    if parts[-1] is None:
        return None
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
