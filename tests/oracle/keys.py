"""Surrogate keys as the warehouse builds them, those of persons with the key that the run was given."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

UNOWNED = "unowned"

_halves: dict[str, tuple[str, ...]] = {}


def key(*parts: Any) -> str | None:
    """Surrogate key: md5 over the parts joined by ``|``; null when the natural id is null."""
    if parts[-1] is None:
        return None
    return _md5("|".join(map(str, parts)))


def unlock(home: Path) -> None:
    """Compute keys of persons with the privacy key of a home from here on; without it with that of the environment."""
    path = home / "privacy.key"
    if not os.environ.get("DESKHOUSE_PRIVACY_KEY") and path.exists():
        _halves["home"] = _chain(
            path.read_text().strip().removeprefix("deskhouse key chain").split()
        )


def agent_of(tenant: str, source: str, agent_id: Any) -> str | None:
    """Key of a person: a keyed hash of a keyed hash of tenant, source and natural id; null for nobody."""
    if agent_id is None:
        return None
    given = os.environ.get("DESKHOUSE_PRIVACY_KEY", "")
    if given and given not in _halves:
        _halves[given] = _chain(given.removeprefix("chain:").split(","))
    inner, outer = _halves[given or "home"]
    return _md5(outer + _md5(f"{inner}{tenant}|{source}|{agent_id}"))


def _chain(texts: list[str]) -> tuple[str, ...]:
    root, *later = (hashlib.sha256(text.strip().encode()).digest() for text in texts)
    for newer in later:
        root = hmac.new(newer, root, hashlib.sha256).digest()
    return tuple(
        hmac.new(root, b"deskhouse persons " + half, hashlib.sha256).hexdigest()
        for half in (b"inner", b"outer")
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
