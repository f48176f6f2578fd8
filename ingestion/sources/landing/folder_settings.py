"""``landing.yml`` in the landing folder: how its files write times, numbers and letters, per file or per source.

::

    profiles: [telephone_calls]                  # shipped profiles in use; those in landing_profiles/ are anyway
    defaults: {time_zone: Europe/Rome}           # zone of times that carry none; without it they are read as UTC
    sources:
      social_inbox: {time_zone: Europe/Berlin}   # rows whose source_system is this
    files:
      "tickets*.csv": {date_order: dmy, encoding: windows-1252, separator: ";", decimal: ","}
      "roster*.xlsx": {excel_serials: [interval_start, interval_end]}
      "Export*.csv": {profile: helpdesk_tickets, tenant_id: acme}

A pattern under ``files`` wins over the source, the source over the defaults, key by key.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ingestion.sources.landing.cells import normal_name
from ingestion.sources.landing.instants import DateOrder
from ingestion.sources.landing.names import SETTINGS_FILE
from ingestion.time_zones import zone_named
from ingestion.yaml_lines import Faults, Field, read_entry, read_yaml
from ingestion.yaml_lines import Mapping as YamlMapping

_SECTIONS = ("profiles", "defaults", "sources", "files")
_SEPARATORS = {",": ",", ";": ";", "tab": "\t", "\\t": "\t", "\t": "\t", "|": "|"}


_NO_ENCODINGS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7"})
"""Ways to write text within text: no file is in them, and they read almost anything as something else."""


@dataclass(frozen=True)
class FileSettings:
    """How one file is written; null means: recognise it, or the strict reading of the contract."""

    time_zone: ZoneInfo | None = None
    date_order: DateOrder | None = None
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    separator: str | None = None
    excel_serials: frozenset[str] = frozenset()
    profile: str | None = None
    tenant_id: str | None = None


@dataclass(frozen=True)
class FolderSettings:
    """Settings of a landing folder; each part holds only the keys that were given."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    profiles: frozenset[str] = frozenset()
    named_profiles: tuple[tuple[int, str], ...] = ()
    """Every profile that the file names, with its line."""
    last_word: Mapping[str, Any] = field(default_factory=dict)

    def written_as(self, values: Mapping[str, Any]) -> FolderSettings:
        """The same settings for files that a profile reads: what it says wins over the source, a pattern over it."""
        return replace(self, files={"*": values, **self.files})

    def under_names(self, serials: frozenset[str]) -> FolderSettings:
        """The same settings, where columns of Excel serials have other names than in the file."""
        return replace(self, last_word={"excel_serials": serials})

    def of(self, file_name: str, source: str | None = None) -> FileSettings:
        """Settings of a file, for the rows of a source."""
        chosen = dict(self.defaults) | dict(self.sources.get(source or "", {}))
        for pattern, values in self.files.items():
            if fnmatch(file_name.lower(), pattern.lower()):
                chosen |= values
        return replace(FileSettings(), **(chosen | dict(self.last_word)))


def read_folder_settings(folder: Path) -> FolderSettings:
    """Settings of ``landing.yml``; all defaults where there is none.

    Raises:
        YamlFileError: one sentence per fault with file and line.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file() or _is_bare(path):
        return FolderSettings()
    faults = Faults(path)
    document = read_yaml(path, faults, _SECTIONS)
    for key in document:
        if key not in _SECTIONS:
            faults.add(document.lines[key], f"{key} is unknown; known are {', '.join(_SECTIONS)}")
    defaults = _values(
        document.get("defaults"), faults, document.lines.get("defaults", 1), _DEFAULT_FIELDS
    )
    named = {name: _named(document, name, faults) for name in ("sources", "files")}
    used = _used(document, faults)
    faults.raise_if_any()
    by_file = [
        (document["files"].lines[p], v["profile"])
        for p, v in named["files"].items()
        if v.get("profile")
    ]
    return FolderSettings(
        defaults,
        named["sources"],
        named["files"],
        frozenset(name for _, name in used),
        (*used, *by_file),
    )


def _used(document: YamlMapping, faults: Faults) -> list[tuple[int, str]]:
    """Profiles of the section ``profiles`` with its line."""
    names, line = document.get("profiles") or [], document.lines.get("profiles", 1)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        faults.add(line, "profiles must be a list of names, such as [telephone_calls]")
        return []
    return [(line, name) for name in names]


def _is_bare(path: Path) -> bool:
    """Whether the file holds nothing but comments: all its settings were taken out, which is a choice and no fault."""
    lines = path.read_bytes().removeprefix(codecs.BOM_UTF8).splitlines()
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)


def _named(document: YamlMapping, section: str, faults: Faults) -> dict[str, dict[str, Any]]:
    entries = document.get(section)
    line = document.lines.get(section, 1)
    if entries is None or entries == "":
        return {}
    if not isinstance(entries, YamlMapping):
        faults.add(line, f"{section} must map names to settings")
        return {}
    fields = _FILE_FIELDS if section == "files" else WRITTEN_FIELDS
    return {
        name: _values(entry, faults, entries.lines[name], fields) for name, entry in entries.items()
    }


def _values(entry: Any, faults: Faults, line: int, fields: dict[str, Field]) -> dict[str, Any]:
    if entry is None or entry == "":
        return {}
    return read_entry(entry, fields, faults, line)


def _date_order(text: Any) -> DateOrder:
    if text not in ("dmy", "mdy"):
        raise ValueError("must be dmy (day first) or mdy (month first)")
    return "dmy" if text == "dmy" else "mdy"


def _decimal(text: Any) -> str:
    if text not in (".", ","):
        raise ValueError('must be "." or ","')
    return str(text)


def _encoding(text: Any) -> str:
    try:
        found = codecs.lookup(str(text)).name
        "a".encode(found)  # base64, zip and the like are codecs, but none of text
        if found in _NO_ENCODINGS:
            raise LookupError(found)
        return found
    except (LookupError, UnicodeError) as error:
        raise ValueError(
            "is no encoding that Python knows, such as utf-8 or windows-1252"
        ) from error


def _separator(text: Any) -> str:
    if not isinstance(text, str) or text not in _SEPARATORS:
        raise ValueError('must be ",", ";", "|" or tab')
    return _SEPARATORS[text]


def _zone(text: Any) -> ZoneInfo:
    return ZoneInfo(zone_named(str(text)))


def _columns(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("must be a list of column names, such as [created_at]")
    return frozenset(normal_name(name) for name in value)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a name")
    return value


WRITTEN_FIELDS = {
    "time_zone": Field(_zone),
    "date_order": Field(_date_order),
    "decimal": Field(_decimal),
    "encoding": Field(_encoding),
    "separator": Field(_separator),
    "excel_serials": Field(_columns),
}
_DEFAULT_FIELDS = WRITTEN_FIELDS | {"tenant_id": Field(_name)}
_FILE_FIELDS = _DEFAULT_FIELDS | {"profile": Field(_name)}
