"""The catalogue's list of canonical tables is the one of the contract."""

from __future__ import annotations

import re

import pytest

from ingestion.canonical import tables
from tests.docs.headings import text_of

TOGETHER = {
    "team_membership": "teams",
    "calendar_hours": "business_calendars",
    "calendar_exceptions": "business_calendars",
    "event_calendar": "incident_windows",
}
"""Tables described in the row of another."""
ELSEWHERE = {"actions": "### 10.5", "source_capabilities": "### 2.8"}


def _described(name: str) -> str:
    """What the catalogue says of a table."""
    whole = text_of("catalogue.md")
    if name in ELSEWHERE:
        return whole[whole.index(ELSEWHERE[name]) :].split("\n### ")[0]
    chapter = whole[whole.index("## 2. Canonical") : whole.index("### 2.8")]
    if section := re.search(rf"^### 2\.\d `{name}`.*?(?=^### )", chapter, re.M | re.S):
        return section[0]
    if row := re.search(rf"^\| (?:`\w+`, )*`{TOGETHER.get(name, name)}`[^|]*\|.*$", chapter, re.M):
        return row[0]
    prose = re.search(rf"^`{name}`:.*?(?=^`\w+`:|\n\n)", chapter, re.M | re.S)
    assert prose, f"the catalogue does not describe {name}"
    return prose[0]


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_canonical_column_is_in_the_catalogue(name: str) -> None:
    said = _described(name)
    columns = {column for column in tables()[name].columns if column != "subject_system"}
    assert sorted(column for column in columns if f"`{column}`" not in said) == []


@pytest.mark.parametrize("name", sorted(set(tables()) - set(TOGETHER) - {"business_calendars"}))
def test_a_star_is_a_required_column(name: str) -> None:
    starred = set(re.findall(r"`(\w+)`\*", _described(name)))
    own = tables()[name].columns
    assert {column for column in starred & own.keys() if not own[column].required} == set()
    expected = {column for column, one in own.items() if one.required}
    assert sorted(expected - starred) == []
