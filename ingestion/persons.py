"""The privacy border of files: what names a buyer is hashed before a row is compared, refused or stored."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ingestion.canonical import Table
from ingestion.forgotten import SUPPRESSED, Forgotten
from ingestion.identity import normal_identity
from ingestion.privacy import Pseudonymiser, load_pseudonymiser

_MEMO_LIMIT = 500_000
_SESSION_MARK = ":"
Values = dict[str, list[Any]]


class Persons:
    """Hashes the buyers of a run's files, each once, in the words of the contract (``personal`` in canonical.yml)."""

    def __init__(self, home: Path, forgotten: Forgotten, is_looking: bool = False) -> None:
        """``is_looking``: nothing may be written, so a home without a key gets none and hashes serve this look."""
        self._home = home
        self._forgotten = forgotten
        self._is_looking = is_looking
        self._refs: dict[tuple[Any, Any, str], str | None] = {}

    def hide(self, table: Table, values: Values) -> None:
        """Replace in the typed columns of a batch whatever names a buyer."""
        plain = {name: values[name] for name in table.personal}
        owners = values.get("subject_system") or values["source_system"]
        systems = [owner or own for owner, own in zip(owners, values["source_system"], strict=True)]
        for name, personal in table.personal.items():
            hidden = [
                self._hidden(personal.kind, tenant, system, value)
                if value is not None and applies
                else value
                for tenant, system, value, applies in zip(
                    values["tenant_id"],
                    systems,
                    plain[name],
                    _where(name, table, values, plain),
                    strict=True,
                )
            ]
            values[name] = hidden

    def ref(self, tenant: str | None, system: str | None, person: str) -> str | None:
        """The hash of a buyer's id, or what stands for somebody who was forgotten."""
        key = (tenant, system, person)
        if key not in self._refs:
            if len(self._refs) > _MEMO_LIMIT:
                self._refs.clear()
            self._refs[key] = (
                SUPPRESSED
                if self._forgotten.holds(tenant, system, person)
                else self._pseudonymiser.customer_ref(system or "", normal_identity(person))
            )
        return self._refs[key]

    def _hidden(self, kind: str, tenant: str | None, system: str | None, value: str) -> str | None:
        if kind == "text":
            return self._pseudonymiser.body_fingerprint(value)[0]
        if kind == "session" and _SESSION_MARK in value:
            person, _, session = value.partition(_SESSION_MARK)
            ref, rest = self.ref(tenant, system, person), self.ref(tenant, system, session)
            return f"{ref}{_SESSION_MARK}{rest}"
        return self.ref(tenant, system, value)

    @cached_property
    def _pseudonymiser(self) -> Pseudonymiser:
        is_given = bool(os.environ.get("DESKHOUSE_PRIVACY_KEY"))
        if self._is_looking and not is_given and not (self._home / "privacy.key").is_file():
            return Pseudonymiser(secrets.token_bytes(32))
        return load_pseudonymiser(self._home)


def _where(name: str, table: Table, values: Values, plain: Values) -> Sequence[bool]:
    """In which rows a column names a buyer; ``plain`` are the values before anything was hidden."""
    personal = table.personal[name]
    if personal.word is None:
        return [True] * len(plain[name])
    if personal.when:
        return [value == personal.word for value in values[personal.when]]
    named = _where(personal.word, table, values, plain)
    return [
        is_named and None not in (value, other) and normal_identity(value) == normal_identity(other)
        for is_named, value, other in zip(named, plain[name], plain[personal.word], strict=True)
    ]
