"""A pack made by hand: its hash and its files stay what they are until somebody means to change them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.pack.audience import Audience
from orchestration.pack.composing import composed
from orchestration.pack.evidence import command
from orchestration.pack.facts import Place, months_before
from orchestration.pack.html import html_of
from orchestration.pack.numbers import Fact, Pack, Red, digest
from orchestration.pack.pdf import pdf_of
from orchestration.pack.workbook import workbook_of
from orchestration.presenting.languages import LANGUAGES
from tests.pack.reading import pdf_pages

MONTH = date(2024, 2, 1)
MONTHS = months_before(MONTH)
GOLDEN = "e99379f72a236ccba8c56bd12efd6ed375d87fbaff397558d03f97df0d9d93e1"
FACT = Fact(
    kpi_id="frt",
    kpi_version=1,
    kpi_group="A",
    name="First response time",
    unit="s",
    better="lower",
    stat="median",
    clock="calendar",
    layer="none",
    variant="none",
    scope_type="company",
    scope_id="company",
    scope_name="company",
    value=9840.0,
    value_text=None,
    current_value=None,
    n=1234,
    ci_low=9000.0,
    ci_high=None,
    target=7200.0,
    target_high=None,
    target_class="D",
    direction="lower",
    status="red",
    status_reason=None,
    provisional_reason=None,
    gap_to_target=-2640.0,
    mom_delta=-60.0,
    mom_reason=None,
    yoy_delta=None,
    yoy_reason="that month is known only from 2023-02-26 on (zendesk)",
    trend_3m="improving",
    red_streak=1,
    accountable_role="operations_manager",
    owner="",
    owner_key="",
    is_comment_owed=True,
    open_actions=0,
    history=(*[None] * 11, 9900.0, 9840.0),
)


def by_hand(**changes: object) -> Pack:
    values: dict[str, object] = {
        "tenant_id": "shop",
        "month": MONTH,
        "audience": Audience(),
        "scope_type": "company",
        "as_of": datetime(2024, 3, 5, 6, 30, tzinfo=UTC),
        "months": MONTHS,
        "close": None,
        "facts": (FACT,),
        "hidden_restatements": 0,
        "has_agents": False,
    }
    empty = (
        *("reds", "due", "judged", "restatements", "forum_results", "colleagues", "spreads"),
        *("reasons", "health", "definitions"),
    )
    return Pack(**(dict.fromkeys(empty, ()) | values | changes))  # type: ignore[arg-type]


def test_the_hash_of_known_numbers_is_known() -> None:
    assert digest(by_hand()) == GOLDEN
    assert digest(by_hand(tenant_id="other")) != GOLDEN


def test_thirteen_months_end_with_the_month_and_cross_the_year() -> None:
    assert (MONTHS[0], MONTHS[-2], MONTHS[-1]) == (date(2023, 2, 1), date(2024, 1, 1), MONTH)
    assert len(MONTHS) == 13


def test_dates_inside_the_files_are_those_of_the_data() -> None:
    import io

    import openpyxl
    import pypdf

    document = composed(by_hand(), "en")
    told = pypdf.PdfReader(io.BytesIO(pdf_of(document))).metadata
    assert told is not None
    assert told["/CreationDate"].startswith("D:20240305")
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(document)))
    instants = {book.properties.created.isoformat(), book.properties.modified.isoformat()}
    assert instants == {"2024-03-05T06:30:00"}
    assert html_of(document) == html_of(composed(by_hand(), "en"))
    assert workbook_of(document) == workbook_of(composed(by_hand(), "en"))


@pytest.mark.parametrize("code", ["en", "it", "ro", "ru"])
def test_durations_are_spoken_and_open_intervals_said_to_be_open(code: str) -> None:
    hour = "ч" if code == "ru" else "h"
    minute = "мин" if code == "ru" else "min"
    text = " ".join(pdf_pages(pdf_of(composed(by_hand(), code))))
    assert f"2 {hour} 44 {minute}" in text
    assert f"≥ 2 {hour} 30 {minute}" in text
    assert f"−1 {minute}" in text
    assert "9840" not in text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "that month is known only from 26 Feb 2023 on (Zendesk)"),
        ("it", "quel mese è noto solo dal 26 feb 2023 (Zendesk)"),
        ("ro", "acea lună este cunoscută doar din 26 feb. 2023 (Zendesk)"),
        ("ru", "тот месяц известен только с 26 февр. 2023"),
    ],
)
def test_what_is_not_compared_says_why_in_its_place(code: str, said: str) -> None:
    document = composed(by_hand(), code)
    html = html_of(document).decode()
    assert said in html
    assert said in " ".join(pdf_pages(pdf_of(document)))
    moved = composed(by_hand(facts=(replace(FACT, yoy_delta=120.0, yoy_reason=None),)), code)
    assert said not in html_of(moved).decode()


def test_a_marks_text_cannot_leave_its_place_in_the_style() -> None:
    html = html_of(composed(by_hand(tenant_id='"; } </style><script>x</script>'), "en")).decode()
    assert "<script>" not in html
    assert html.count("</style>") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "deskhouse explain frt 2024-02"),
        (
            {"layer": "internal", "variant": "7d"},
            "deskhouse explain frt 2024-02 --layer internal --variant 7d",
        ),
        (
            {"scope_type": "marketplace_account", "scope_id": "amazon.it"},
            "deskhouse explain frt 2024-02 --account amazon.it",
        ),
        (
            {"scope_type": "reason", "scope_id": "late delivery"},
            'deskhouse explain frt 2024-02 --reason "late delivery"',
        ),
    ],
)
def test_the_command_names_the_number_and_no_other(changes: dict[str, str], said: str) -> None:
    from dataclasses import replace

    assert command(replace(FACT, **changes), Place("shop", MONTH, False, False)) == said


def test_the_templates_are_part_of_the_package() -> None:
    folder = Path(__file__).parents[2] / "orchestration" / "pack" / "templates"
    assert {path.name for path in folder.iterdir()} == {"pack.css", "pack.html.j2", "pack.typ"}


_LINE = 140
"""Letters of a bold heading that fit the width of a window of 1280 pixels; a landscape page has room for more."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_heading_is_cut(code: str) -> None:
    """A word does not break: the longest of every heading has room in its column, in every language."""
    fact = replace(FACT, status="red")
    red = Red(fact, "deskhouse explain frt 2024-02", (), ())
    document = composed(by_hand(facts=(fact,), reds=(red,), health=(fact,)), code)
    tight = [
        (table.title, column.title)
        for section in document.sections
        for table in section.tables
        for column in table.columns
        if max(map(len, column.title.split()), default=0) + 1
        > _LINE * column.weight / sum(each.weight for each in table.columns)
    ]
    assert not tight
