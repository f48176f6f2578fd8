"""Commands, options, targets and KPIs that the documents name exist; the README stays short."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import Any

import pytest
import typer

from orchestration.cli import app
from tests.docs.headings import ROOT
from tests.docs.test_links import documents

_SPAN = re.compile(r"`([^`\n]*(?:\n[^`\n]+)*)`")
_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
OF_THEIR_DAY = ("CHANGELOG.md", "DECISIONS.md")
"""What was written in them was so then."""
PAGES = [str(path.relative_to(ROOT)) for path in documents() if path.name not in OF_THEIR_DAY]
ROOMS = ("ingestion", "dbt_project", "expectations", "orchestration", "tests")


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def _code(name: str) -> list[str]:
    """Pieces of code of a page, each on one line."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pieces = [line for block in _FENCED.findall(text) for line in block.splitlines()]
    pieces += [" ".join(span.split()) for span in _SPAN.findall(_FENCED.sub("", text))]
    return pieces


def faults_of(piece: str) -> list[str]:
    """What a command line of deskhouse names that does not exist."""
    words = piece.removeprefix("$ ").split("#")[0].split()
    if not words or words[0] != "deskhouse" or len(words) == 1:
        return []
    command = _root()
    rest = words[1:]
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        found = command.commands.get(rest[0])
        if found is None:
            return [piece]
        command, rest = found, rest[1:]
    if command.context_settings.get(
        "ignore_unknown_options"
    ):  # they are handed on to another program
        return []
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    named = [re.split(r"[=\])…,.]", word.strip("[("))[0] for word in rest]
    return [piece for word in named if word.startswith("--") and word not in known]


@pytest.mark.parametrize("name", PAGES)
def test_commands_and_options_exist(name: str) -> None:
    assert [fault for piece in _code(name) for fault in faults_of(piece)] == []


@pytest.mark.parametrize(
    ("piece", "is_fault"),
    [
        ("deskhouse run --as-of 2026-11-01T06:00:00Z", False),
        ("deskhouse action add --owner Ada", False),
        ("$ deskhouse explain frt 2026-10 --platform amazon  # a comment --nothing", False),
        ("deskhouse metrics query --metrics backlog", False),
        ("deskhouse dance", True),
        ("deskhouse run --faster", True),
        ("deskhouse restatement forget", True),
        ("make run", False),
    ],
)
def test_what_does_not_exist_is_found(piece: str, is_fault: bool) -> None:
    assert bool(faults_of(piece)) is is_fault


@pytest.mark.parametrize("name", PAGES)
def test_targets_of_make_exist(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    named = {match[1] for piece in _code(name) if (match := re.match(r"make ([\w-]+)", piece))}
    assert sorted(named - targets) == []


def test_the_readme_shows_registered_kpis_and_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    seed = ROOT / "dbt_project" / "seeds" / "seed_kpi_definitions.csv"
    with seed.open(newline="", encoding="utf-8") as handle:
        known = {row["kpi_id"] for row in csv.DictReader(handle)}
    begin = next(place for place, line in enumerate(lines) if line.startswith("KPI  "))
    end = lines.index("…", begin)  # what a run prints beyond it is left out with a mark
    assert lines[end + 1] == "```"
    shown = [line.split()[0] for line in lines[begin + 1 : end]]
    assert len(shown) > 10
    assert [kpi_id for kpi_id in shown if kpi_id not in known] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_readme_of_a_room_is_a_page(room: str) -> None:
    lines = (ROOT / room / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 50


def test_words_are_explained_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| \*\*([^*]+)\*\*", text, re.MULTILINE)
    assert len(words) == len(set(words)) > 50
    for word in ("turn", "lane", "holder", "measure", "stretch", "obligation", "touched", "as_of"):
        assert word in words


def test_the_fast_tests_of_make_check_exist_and_build_nothing() -> None:
    """A file of the list that reads a built warehouse in a fixture of its own would make every check slow."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    listed = re.search(r"^FAST := (.*)$", makefile, re.MULTILINE)
    assert listed
    paths = [ROOT / name for name in listed[1].split()]
    assert [path for path in paths if not path.exists()] == []
    files = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
    assert len(files) > 15
    builders = re.compile(r"\b(built_once|run_landing|run_sources|build_simulated_home)\(")
    assert [file.name for file in files if builders.search(file.read_text(encoding="utf-8"))] == []
