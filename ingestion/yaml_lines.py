"""YAML whose mappings know their lines and whose scalars stay text: faults name a line and 09:00 is no number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ingestion.errors import ConfigurationError

_NULLS = ("", "~", "null")


class YamlFileError(ConfigurationError):
    """A YAML file of ours cannot be used; its text is one sentence per fault, each with its line."""


class Mapping(dict[str, Any]):
    """A mapping of the file with the line of itself and of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class _Loader(yaml.BaseLoader):
    """Every scalar is text: nothing becomes a date, a base-60 number or a truth value behind the writer's back."""

    faults: list[tuple[int, str]]


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapping:
    found = Mapping(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in found:
            loader.faults.append((line, f"{key} is given twice"))
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass
class Faults:
    """Collects what is wrong with a file, so that one look at it is enough."""

    path: Path
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Remember one fault."""
        self.found.append((line, reason))

    def raise_if_any(self) -> None:
        """Stop with one sentence per fault, in the order of the lines.

        Raises:
            YamlFileError: anything was wrong.
        """
        if self.found:
            lines = [f"{self.path} line {line}: {reason}." for line, reason in sorted(self.found)]
            raise YamlFileError("\n".join(lines))


def read_yaml(
    path: Path,
    faults: Faults,
    sections: Sequence[str],
    described_in: str = "ingestion/sources/landing/README.md",
) -> Mapping:
    """The file as a mapping of texts, lists and mappings.

    Args:
        path: the file.
        faults: where what is wrong with it is gathered.
        sections: the keys it may have, for the message.
        described_in: the page that shows such a file, for the message where there is none.

    Raises:
        YamlFileError: there is no file, it is no YAML, or it is no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise YamlFileError(
            f"There is no file {path}; {described_in} shows what such a file holds."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise YamlFileError(f"{path} cannot be read as text: {error}.") from error
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise YamlFileError(f"{path} holds control characters; save it as plain text.") from error
    loader.faults = faults.found
    try:
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.add(line, f"this is no YAML ({error.problem})")
        faults.raise_if_any()
    finally:
        loader.dispose()
    if not isinstance(document, Mapping):
        faults.add(1, f"the file must be a mapping with {', '.join(sections)}")
        faults.raise_if_any()
        raise YamlFileError(f"{path} is no mapping.")
    return document


@dataclass(frozen=True)
class Field:
    """A key that an entry may have: how its text becomes a value, and whether it must be there."""

    parse: Callable[[Any], Any]
    is_required: bool = False


def read_entry(entry: Any, fields: dict[str, Field], faults: Faults, line: int) -> dict[str, Any]:
    """Values of an entry; unknown keys, missing ones and unreadable values (None here) are faults.

    Args:
        entry: what stands in the file.
        fields: the keys it may have.
        faults: collects what is wrong.
        line: where the entry stands, for one that is no mapping.
    """
    if not isinstance(entry, Mapping):
        faults.add(line, f"expected a mapping with {', '.join(fields)}")
        return {}
    values: dict[str, Any] = {}
    for key, raw in entry.items():
        if key not in fields:
            faults.add(entry.lines[key], f"{key} is unknown here; known are {', '.join(fields)}")
            continue
        values[key] = None
        try:
            if raw not in _NULLS:
                values[key] = fields[key].parse(raw)
        except ValueError as error:
            faults.add(entry.lines[key], f"{key} {error}")
    for key, field_ in fields.items():
        if field_.is_required and key not in entry:
            faults.add(entry.line, f"{key} is missing")
    return values


def read_entries(
    document: Mapping, section: str, fields: dict[str, Field], faults: Faults
) -> list[tuple[int, dict[str, Any]]]:
    """(line, values) of every entry of a section's list."""
    entries = document.get(section, [])
    line = document.lines.get(section, document.line)
    if not isinstance(entries, list):
        faults.add(line, f"{section} must be a list of entries, each beginning with a dash")
        return []
    found = []
    for entry in entries:
        at = entry.line if isinstance(entry, Mapping) else line
        found.append((at, read_entry(entry, fields, faults, at)))
    return found
