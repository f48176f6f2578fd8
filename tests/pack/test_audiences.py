"""Each forum and role, each language, the same bytes twice; sentences for what does not exist."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.pack import writing
from orchestration.pack.audience import Audience, forums, roles
from orchestration.pack.building import pack_numbers
from orchestration.pack.composing import composed
from orchestration.pack.document import Spark
from orchestration.pack.drawing import sparkline
from orchestration.pack.html import html_of
from orchestration.pack.last_month import last_month_packs
from orchestration.pack.reporting import one_line
from orchestration.pack.writing import (
    Wanted,
    every_audience,
    write_all,
    write_packs,
)
from orchestration.presenting.languages import LANGUAGES, default_language
from tests.conftest import SIMULATED_AS_OF
from tests.pack.conftest import House
from tests.pack.reading import html_rows, pdf_pages, workbook

MONTH = date(2025, 12, 1)
FORUMS = (
    "daily_huddle",
    "weekly_ops_review",
    "qa_calibration",
    "monthly_business_review",
    "quarterly_kpi_review",
    "reason_review",
)
ROLES = {
    "agent": ("company", "R"),
    "data_owner": ("company", "A"),
    "fix_owner": ("fix", "A"),
    "marketplace_manager": ("company", "A"),
    "operations_manager": ("company", "A"),
    "qa_specialist": ("company", "A"),
    "team_lead": ("team", "A"),
    "trainer": ("company", "R"),
    "wfm_planner": ("company", "A"),
}
"""The widest scope at which a role is accountable; who is for nothing reads what it works on."""


@pytest.mark.parametrize("forum", FORUMS)
def test_a_forum_reads_what_is_reviewed_in_it(house: House, forum: str) -> None:
    pack = pack_numbers(house.published, "main", MONTH, Audience(forum))
    narrowed = "" if forum == "quarterly_kpi_review" else f"and forum_id = '{forum}'"
    expected = house.rows(
        "select distinct kpi_id from governance_review.kpi_monthly where month = date '2025-12-01' and is_governed "
        f"and scope_type = 'company' {narrowed}"
    )
    assert {(fact.kpi_id,) for fact in pack.facts} == set(expected) != set()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_it_answers_for(house: House, role: str) -> None:
    scope, kind = ROLES[role]
    pack = pack_numbers(house.published, "main", MONTH, Audience(role=role))
    expected = house.rows(
        "select distinct kpi_id from governance_review.kpi_monthly where month = date '2025-12-01' and is_governed "
        f"and scope_type = '{scope}' and kpi_id in (select kpi_id from governance_review.kpi_accountability "
        f"where role = '{role}' and kind = '{kind}' and scope_type = '{scope}')"
    )
    assert {(fact.kpi_id,) for fact in pack.facts} == set(expected)
    assert {fact.scope_type for fact in pack.facts} <= {scope}
    if kind == "A":
        assert {fact.accountable_role for fact in pack.facts} <= {role}
    shown = html_rows(html_of(composed(pack, "en"))).get("kpis", [])
    assert {row[0][1].split(" · ")[0] for row in shown} <= {kpi for (kpi,) in expected}


def test_forums_and_roles_are_those_of_the_registry(house: House) -> None:
    assert forums() == FORUMS
    assert set(roles(house.published)) == set(ROLES)
    assert len(list(every_audience(house.published))) == 1 + len(FORUMS) + len(ROLES)


def test_forum_and_role_together_narrow(house: House) -> None:
    both = Audience("weekly_ops_review", "wfm_planner")
    pack = pack_numbers(house.published, "main", MONTH, both)
    assert pack.facts
    assert {fact.accountable_role for fact in pack.facts} == {"wfm_planner"}
    assert both.slug == "weekly_ops_review-wfm_planner"


SAID = {
    "en": ("Review of December 2025", "PROVISIONAL", "Page 1 of", "QA calibration"),
    "it": ("Revisione di dicembre 2025", "PROVVISORIO", "Pagina 1 di", "calibrazione qualità"),
    "ro": ("Analiza lunii decembrie 2025", "PROVIZORIU", "Pagina 1 din", "Decizii scadente și"),
    "ru": ("Обзор за декабрь 2025", "ПРЕДВАРИТЕЛЬНО", "Страница 1 из", "калибровка качества"),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_right_in_all_three_files(house: House, tmp_path: Path, code: str) -> None:
    wanted = Wanted(MONTH, Audience("qa_calibration"), code, out=tmp_path)
    files = write_packs(house.settings, wanted)[0].files
    html = files["html"].read_text(encoding="utf-8")
    pages = pdf_pages(files["pdf"].read_bytes())
    title, mark, page, word = SAID[code]
    for content in (html, pages[0]):
        assert title in content
        assert mark in content
        assert word in content
    assert page in pages[0]
    assert f'<html lang="{code}">' in html
    book = workbook(files["xlsx"].read_bytes())
    assert book.worksheets[0]["A2"].value == title
    names = {"en": "Quality variance", "it": "Varianza della qualità", "ro": "Variația calității"}
    assert names.get(code, "Разброс оценок качества") in html
    assert files["html"].name == f"main-qa_calibration-{code}.html"


def test_figures_follow_the_language_and_numbers_do_not(house: House) -> None:
    pack = pack_numbers(house.published, "main", MONTH, Audience())
    english, russian = composed(pack, "en"), composed(pack, "ru")
    assert [tile.raw for tile in english.tiles] == [tile.raw for tile in russian.tiles]
    for one, other in zip(english.sections, russian.sections, strict=True):
        for left, right in zip(one.tables, other.tables, strict=True):
            numbers = [
                [raw for raw in cell.raws if isinstance(raw, float | int)]
                for table in (left, right)
                for row in table.rows
                for cell in row
            ]
            half = len(numbers) // 2
            assert numbers[:half] == numbers[half:]
    csat = next(fact for fact in pack.facts if fact.kpi_id == "csat")
    assert csat.value is not None
    said = f"{csat.value:.1%}".replace(".", ",")
    assert said in html_of(russian).decode()


def test_the_same_data_make_the_same_bytes(
    make_house: Callable[..., House], tmp_path: Path
) -> None:
    hashes = set()
    for place in ("one", "two"):
        house = make_house()
        wanted = Wanted(MONTH, Audience("weekly_ops_review"), out=tmp_path / place)
        files = write_packs(house.settings, wanted)[0].files
        hashes.add(tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in files.values()))
    assert len(hashes) == 1


def test_the_hash_is_of_the_numbers(make_house: Callable[..., House], house: House) -> None:
    def hash_of(other: House) -> str:
        return pack_numbers(other.published, "main", MONTH, Audience()).hash

    changed = make_house(
        "update governance_review.kpi_monthly set value = value + 1 where month = date '2025-12-01' "
        "and kpi_id = 'backlog' and scope_type = 'company' and is_governed"
    )
    assert hash_of(house) == hash_of(make_house()) != hash_of(changed)


def ask(house: House, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["review", *arguments], env={"DESKHOUSE_HOME": str(house.home)})
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("2029-01",), "There are no numbers of main for 2029-01: choose a month from 2025-0"),
        (("2025-13",), "'2025-13' is no month: write it like 2026-10."),
        (("2025-12", "--forum", "lunch"), "There is no forum lunch; choose among daily_huddle,"),
        (("2025-12", "--role", "king"), "There is no role king; choose among agent, data_owner,"),
        (("2025-12", "--lang", "de"), "There is no language de; known are en (English)"),
        (("2025-12", "--tenant", "nobody"), "There is no tenant nobody; known are main."),
        (
            ("2025-12", "--forum", "qa_calibration", "--role", "data_owner"),
            "No KPI of role data_owner is reviewed in forum qa_calibration in 2025-12:",
        ),
    ],
)
def test_what_does_not_exist_is_told_in_one_sentence(
    house: House, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = ask(house, *arguments)
    assert code == 2
    assert sentence in said
    assert "Traceback" not in said


def test_the_command_names_its_files_and_writes_them_where_it_is_told(
    house: House, tmp_path: Path
) -> None:
    code, said = ask(house, "2025-12", "--forum", "qa_calibration", "--out", str(tmp_path / "here"))
    assert code == 0
    assert "Pack of main for 2025-12, provisional: " in said
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert names == [f"main-qa_calibration-en.{kind}" for kind in ("html", "pdf", "xlsx")]


def test_nothing_published_is_told_in_one_sentence(tmp_path: Path) -> None:
    code, said = ask(House(tmp_path), "2025-12")
    assert code == 2
    assert "Nothing is published at" in said and "DESKHOUSE_HOME" in said


def test_a_run_ends_with_the_pack_of_the_last_full_month(make_house: Callable[..., House]) -> None:
    house = make_house()
    settings = replace(house.settings, as_of=SIMULATED_AS_OF)
    folder = house.home / "published" / "reviews" / "2025-12"
    for _ in range(2):
        assert last_month_packs(settings, None, may_stand=True) == [
            (MONTH, folder / "main-company-en.html")
        ]
        pdf = folder / "main-company-en.pdf"
        assert pdf.read_bytes().startswith(b"%PDF")
        # nothing new was published: what stands is not written again, and what is missing is
        (folder / "main-company-en.html").write_text("as it stood", encoding="utf-8")
    assert (folder / "main-company-en.html").read_text(encoding="utf-8") == "as it stood"
    last_month_packs(settings, "main", may_stand=False)
    assert "Review of December 2025" in (folder / "main-company-en.html").read_text("utf-8")


def test_a_run_without_its_pack_is_warned_and_goes_on(
    make_house: Callable[..., House], capsys: pytest.CaptureFixture[str]
) -> None:
    from orchestration.commands.run import _write_pack

    house = make_house("drop table tag_volume.reason_root_causes")
    _write_pack(house.settings, None)
    shown = " ".join(capsys.readouterr().err.split())
    assert "The monthly pack was not written (CatalogException" in shown
    assert "everything else stands" in shown
    assert "main-company" not in shown


def test_expected_failures_are_told_as_their_own_sentence() -> None:
    from ingestion.errors import ConfigurationError

    assert "(There is no tenant x.)" in one_line(ConfigurationError("There is no tenant x."))


def test_a_close_writes_every_pack_that_has_kpis(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WRITERS", {"html": html_of})
    house = make_house()
    slugs = {written.pack.audience.slug for written in write_all(house.settings, MONTH)}
    assert slugs == {"company", *FORUMS, *ROLES}


def test_the_default_language_is_a_setting() -> None:
    from ingestion.errors import ConfigurationError

    assert default_language({}) == "en"
    assert default_language({"DESKHOUSE_LANGUAGE": "ro"}) == "ro"
    with pytest.raises(ConfigurationError, match="DESKHOUSE_LANGUAGE: There is no language xx"):
        default_language({"DESKHOUSE_LANGUAGE": "xx"})


@given(
    st.lists(st.none() | st.floats(-1e12, 1e12, allow_nan=False), min_size=13, max_size=13),
    st.none() | st.floats(-1e12, 1e12, allow_nan=False),
)
def test_lines_stay_inside_their_picture(values: list[float | None], target: float | None) -> None:
    import re

    drawn = sparkline(Spark(tuple(values), target, "red"))
    if all(value is None for value in values):
        assert drawn == ""
        return
    points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", drawn)
    assert all(0 <= float(x) <= 104 and 0 <= float(y) <= 22 for x, y in points)
    assert ("stroke-dasharray" in drawn) == (target is not None)
    assert "nan" not in drawn
