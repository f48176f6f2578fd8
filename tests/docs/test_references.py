"""A reference in a comment, a description or a ruling leads to a heading that exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.headings import ROOT, catalogue_sections, codes

_ENDINGS = (".py", ".sql", ".yml", ".yaml", ".toml", ".csv", ".md", ".sh", ".example")
_SECTION = re.compile(r"§ ?(\d+(?:\.\d+)?)")
_CATALOGUE = re.compile(r"[Cc]atalogue,? (?:§ ?)?(\d+(?:\.\d+)?)")
_CODE = re.compile(r"(?<![\w.\-/:#\"!])([RDFEACG]\d{1,2})(?![\w\-])")
"""Rules, decisions, fixtures and the like; no cells of a spreadsheet, no codes of a linter."""
_OTHER_BOOKS = re.compile(r"house-style(?:\.md)? §\d+|\]\([^)]*\)|https?://\S+")
_GONE = ("kpi-catalogue", "the design", "eed 00")


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    found = [ROOT / name for name in listed if name.endswith(_ENDINGS)]
    return [path for path in found if path.is_file() and path != Path(__file__)]


def _found(pattern: re.Pattern[str], known: frozenset[str]) -> list[str]:
    lost = []
    for path in _files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for match in pattern.finditer(_OTHER_BOOKS.sub("", line)):
                if match[1] not in known:
                    lost.append(f"{path.relative_to(ROOT)} line {number}: {match[0]}")
    return lost


def test_there_is_something_to_lead_to() -> None:
    assert {"2", "3.1", "10.2", "11.7", "16"} <= catalogue_sections()
    assert {"R6", "E22", "A2", "G4", "C3", "F34", "D6", "D20"} <= codes()
    assert "18" not in catalogue_sections() and "D21" not in codes()


@pytest.mark.parametrize("pattern", [_SECTION, _CATALOGUE], ids=["section", "catalogue"])
def test_sections_exist(pattern: re.Pattern[str]) -> None:
    assert _found(pattern, catalogue_sections()) == []


def test_codes_exist() -> None:
    assert _found(_CODE, codes()) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [("owner by rule A99 of the ticket", "A99"), ("(D21)", "D21"), ("as in F36,", "F36")],
)
def test_a_code_that_is_gone_is_found(line: str, code: str) -> None:
    assert [match[1] for match in _CODE.finditer(line)] == [code]
    assert code not in codes()


def test_nothing_refers_to_texts_outside_the_project() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in _files()
        for word in _GONE
        if word in path.read_text(encoding="utf-8")
    ]
    assert lost == []
