"""Surrogate keys as the warehouse builds them, those of persons with the key that the run was given."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

UNOWNED = "unowned"

_Agent = tuple[str, str, str]
_halves: dict[str, tuple[str, ...]] = {}
_same: dict[_Agent, tuple[str, str]] = {}


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
    source, agent_id = person_of(tenant, source, str(agent_id))
    given = os.environ.get("DESKHOUSE_PRIVACY_KEY", "")
    if given and given not in _halves:
        _halves[given] = _chain(given.removeprefix("chain:").split(","))
    inner, outer = _halves[given or "home"]
    return _person(outer, inner, tenant, source, agent_id)


@lru_cache(maxsize=100_000)
def _person(outer: str, inner: str, tenant: str, source: str, agent_id: str) -> str:
    return _md5(outer + _md5(f"{inner}{tenant}|{source}|{agent_id}"))


def person_of(tenant: str, source: str, agent_id: str) -> tuple[str, str]:
    """Source and id by which a person of a tenant goes who is several agents; else the own ones."""
    return _same.get((tenant, source, agent_id), (source, agent_id))


def join_persons(lines: Iterable[Mapping[str, Any]]) -> None:
    """Know from here on which agents are one person, by the lines of a sheet; what was known before is forgotten."""
    _same.clear()
    named = {_own(line): _other(line) for line in lines if not line["is_deleted_in_source"]}
    # whom a line names may stand on none
    held = {own: other for own, other in named.items() if other not in named}
    for own, other in held.items():
        group = [each for each, into in held.items() if into == other and each[0] == own[0]]
        chosen = other if other[0] == own[0] else min(group, key="|".join)
        _same[own] = chosen[1:]


def _own(line: Mapping[str, Any]) -> _Agent:
    return line["tenant_id"], line["source_system"], line["agent_id"]


def _other(line: Mapping[str, Any]) -> _Agent:
    tenant = line["same_as_tenant_id"] or line["tenant_id"]
    return tenant, line["same_as_system"], line["same_as_agent_id"]


def _chain(texts: list[str]) -> tuple[str, ...]:
    root, *later = (hashlib.sha256(text.strip().encode()).digest() for text in texts)
    for newer in later:
        root = hmac.new(newer, root, hashlib.sha256).digest()
    return tuple(
        hmac.new(root, b"deskhouse persons " + half, hashlib.sha256).hexdigest()
        for half in (b"inner", b"outer")
    )


@lru_cache(maxsize=200_000)
def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
