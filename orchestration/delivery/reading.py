"""The files of the delivery: ``recipients.yml`` and ``reports.yml`` in the home, or one file that a variable names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingestion.errors import ConfigurationError
from ingestion.yaml_lines import Faults, Mapping, read_entries, read_yaml
from orchestration.delivery.fields import ESCALATION, RECIPIENT, REPORT, WHAT, address, span
from orchestration.delivery.recipients import (
    STALE_AFTER,
    UTC_ZONE,
    Delivery,
    Escalation,
    Recipient,
    Report,
)
from orchestration.delivery.rules import SEVERITIES
from orchestration.settings import Settings

FILES = ("recipients.yml", "reports.yml")
_SECTIONS = ("dashboard", "stale_after", "recipients", "escalation", "reports")
_MAPPINGS = ("where", "filters")


def delivery_files(settings: Settings) -> list[Path]:
    """The files that exist; none where nobody is to be told.

    Raises:
        ConfigurationError: the variable names a file that is not there.
    """
    named = os.environ.get("DESKHOUSE_DELIVERY_FILE", "").strip()
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise ConfigurationError(
                f"DESKHOUSE_DELIVERY_FILE names {path}, which is no file: create it or correct the variable."
            )
        return [path]
    return [path for name in FILES if (path := settings.home / name).is_file()]


def read_delivery(settings: Settings) -> Delivery:
    """Who is told what.

    Raises:
        YamlFileError: one sentence per fault with file and line.
        ConfigurationError: the file that the variable names is not there.
    """
    return read_files(delivery_files(settings))


def read_files(paths: list[Path]) -> Delivery:
    """What some files say together; each may hold any section.

    Raises:
        YamlFileError: one sentence per fault with file and line.
    """
    parts = []
    for path in paths:
        faults = Faults(path)
        document = read_yaml(path, faults, _SECTIONS, "docs/delivery.md")
        for key in document:
            if key not in _SECTIONS:
                known = ", ".join(_SECTIONS)
                faults.add(document.lines[key], f"{key} is unknown; known are {known}")
        parts.append((faults, document))
    recipients = tuple(one for faults, document in parts for one in _recipients(document, faults))
    names = {one.name for one in recipients}
    escalations = [one for faults, doc in parts for one in _escalations(doc, faults, names)]
    reports = [one for faults, document in parts for one in _reports(document, faults, names)]
    dashboards = [_single(document, "dashboard", address, faults) for faults, document in parts]
    stale = [_single(document, "stale_after", span, faults) for faults, document in parts]
    for faults, _ in parts:
        faults.raise_if_any()
    return Delivery(
        recipients,
        tuple(escalations),
        tuple(reports),
        next(filter(None, dashboards), None),
        next(filter(None, stale), STALE_AFTER),
    )


def _single(document: Mapping, key: str, parse: Any, faults: Faults) -> Any:
    if key not in document:
        return None
    try:
        return parse(document[key])
    except ValueError as error:
        faults.add(document.lines[key], f"{key} {error}")
        return None


def _recipients(document: Mapping, faults: Faults) -> Iterator[Recipient]:
    seen: set[str] = set()
    for line, values in read_entries(document, "recipients", RECIPIENT, faults):
        name = values.get("name") or ""
        if name in seen:
            faults.add(line, f"there are two recipients {name}")
        seen.add(name)
        roles = values.get("roles") or ()
        agent = values.get("agent")
        if {"agent", "holder"} & set(roles) and not agent:
            faults.add(line, f"{name} has the role of a person: say whose with agent: ID")
        if agent and not {"agent", "holder"} & set(roles):
            faults.add(line, f"{name} names an agent: add the role agent or holder")
        yield Recipient(
            name,
            values.get("url_env") or (),
            roles,
            values.get("teams") or (),
            values.get("tenants") or (),
            agent,
            values.get("language") or "en",
            values.get("zone") or UTC_ZONE,
            values.get("quiet"),
            values.get("severities") or SEVERITIES,
            values.get("rules") or (),
            line,
        )


def _escalations(document: Mapping, faults: Faults, names: set[str]) -> Iterator[Escalation]:
    for line, values in read_entries(document, "escalation", ESCALATION, faults):
        _refuse_strangers(values.get("to") or (), names, faults, line)
        if values.get("severities") and values.get("after") and values.get("to"):
            yield Escalation(values["severities"], values["after"], values["to"])


def _reports(document: Mapping, faults: Faults, names: set[str]) -> Iterator[Report]:
    seen: set[str] = set()
    for line, values in read_entries(document, "reports", REPORT, faults):
        name = values.get("name") or ""
        if name in seen:
            faults.add(line, f"there are two reports {name}")
        seen.add(name)
        _refuse_strangers(values.get("to") or (), names, faults, line)
        kinds = [kind for kind in WHAT if kind in values]
        if len(kinds) != 1:
            faults.add(line, f"say what is sent with one of {', '.join(WHAT)}")
            continue
        yield Report(
            name,
            kinds[0],
            tuple(_options(kinds[0], values[kinds[0]], faults, line)),
            values.get("month") or "last",
            values.get("cron") or "",
            values.get("zone") or UTC_ZONE,
            values.get("to") or (),
            values.get("language"),
            values.get("tenant"),
        )


def _options(kind: str, raw: Any, faults: Faults, line: int) -> Iterator[tuple[str, str]]:
    if raw is None:
        raw = Mapping(line)
    if not isinstance(raw, Mapping):
        faults.add(line, f"{kind} must be a mapping with {', '.join(WHAT[kind])}")
        return
    for key, value in raw.items():
        if key not in WHAT[kind]:
            known = ", ".join(WHAT[kind])
            faults.add(raw.lines[key], f"{key} is unknown in {kind}; known are {known}")
        elif key in _MAPPINGS and isinstance(value, Mapping):
            yield from ((f"{key}.{name}", str(text)) for name, text in value.items())
        elif key in _MAPPINGS or not isinstance(value, str):
            shape = "a mapping of columns and values" if key in _MAPPINGS else "a text"
            faults.add(raw.lines[key], f"{key} must be {shape}")
        else:
            yield key, value
    if kind == "export" and "table" not in raw:
        faults.add(raw.line, "table is missing: say which published table is sent")


def _refuse_strangers(wanted: tuple[str, ...], names: set[str], faults: Faults, line: int) -> None:
    for name in wanted:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            faults.add(line, f"there is no recipient {name}; known are {known}")
