"""Texts, figures and sentences in four languages; every text shown anywhere is translated into each."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.plurals import get_plural
from hypothesis import given
from hypothesis import strategies as st

from ingestion.errors import ConfigurationError
from orchestration.presenting.catalog_files import CATALOGS, catalog, counted_forms
from orchestration.presenting.languages import LANGUAGES, language

ROOT = Path(__file__).parents[2] / "orchestration"
FOREIGN = [code for code in LANGUAGES if code != "en"]
PLACE = re.compile(r"\{\w+\}")
KEYWORDS = {"text": None, "say": None, "N_": None, "ngettext": (1, 2)}


def shown_texts() -> dict[str, set[str]]:
    """English texts by domain: the package that shows them is the domain's name."""
    found: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        package = path.relative_to(ROOT).parts[0]
        domain = "common" if package == "presenting" else package
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            texts = message if isinstance(message, tuple) else (message,)
            found.setdefault(domain, set()).update(text for text in texts if text)
    return found


def test_every_shown_text_is_translated():
    shown = shown_texts()
    assert shown["common"]
    for domain in {path.name.split(".")[0] for path in CATALOGS.glob("*.po")}:
        for code in FOREIGN:
            known = catalog("common", code) | catalog(domain, code)
            missing = sorted(shown.get(domain, set()) - known.keys())
            assert not missing, (domain, code, missing[:20])


@pytest.mark.parametrize("path", sorted(CATALOGS.glob("*.po")), ids=lambda path: path.name)
def test_translations_keep_the_places_to_fill(path):
    domain, code, _ = path.name.split(".")
    for english, said in catalog(domain, code).items():
        assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(said)), english
    for english, forms in counted_forms(domain, code).items():
        assert len(forms) == get_plural(code).num_plurals, english
        for said in forms:
            assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(said)), english


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["1 day ago", "2 days ago", "5 days ago", "21 days ago"]),
        ("it", ["1 giorno fa", "2 giorni fa", "5 giorni fa", "21 giorni fa"]),
        ("ro", ["acum 1 zi", "acum 2 zile", "acum 5 zile", "acum 21 de zile"]),
        ("ru", ["1 день назад", "2 дня назад", "5 дней назад", "21 день назад"]),
    ],
)
def test_counts_take_the_form_of_their_language(code, said):
    own = language(code, "dashboard")
    counts = (1, 2, 5, 21)
    assert [own.ngettext("{days} day ago", "{days} days ago", n, days=n) for n in counts] == said


def test_counts_in_sentences_of_the_warehouse_take_the_form_of_the_language():
    russian, english = language("ru"), language("en")
    assert russian.sentence("1 critical quality error") == "1 критическая ошибка качества"
    assert russian.sentence("3 critical quality errors") == "3 критические ошибки качества"
    assert russian.sentence("5 critical quality errors") == "5 критических ошибок качества"
    assert english.sentence("1 critical quality error") == "1 critical quality error"


def test_domains_are_translated_into_all_languages():
    domains = {path.name.split(".")[0] for path in CATALOGS.glob("*.po")}
    for domain in domains:
        texts = {code: set(catalog(domain, code)) for code in FOREIGN}
        assert len({frozenset(keys) for keys in texts.values()}) == 1, domain


def test_an_unknown_language_is_refused():
    with pytest.raises(ConfigurationError, match=r"no language de; known are en \(English\)"):
        language("de")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ("1,234.50", "93.5%", "2 h 44 min", "October 2026", "12 Nov 2026")),
        ("it", ("1.234,50", "93,5%", "2 h 44 min", "ottobre 2026", "12 nov 2026")),
        ("ro", ("1.234,50", "93,5%", "2 h 44 min", "octombrie 2026", "12 nov. 2026")),
        ("ru", ("1\u00a0234,50", "93,5%", "2 ч 44 мин", "октябрь 2026", "12 нояб. 2026")),
    ],
)
def test_figures_follow_the_locale(code, said):
    own = language(code)
    assert (
        own.number(1234.5, 2),
        own.percent(0.935),
        own.figure(9840, "s"),
        own.month(date(2026, 10, 1)),
        own.day(date(2026, 11, 12)),
    ) == said


def test_reasons_of_the_warehouse_are_translated_with_their_values():
    russian = language("ru")
    assert russian.sentence("n = 22, at least 30 needed") == "n = 22, нужно не менее 30"
    assert (
        russian.sentence("no source delivers ticket_events (ebay_api)")
        == "ни один источник не поставляет изменения обращений (eBay)"
    )
    assert russian.sentence("something else") == "something else"
    assert russian.sentence(None) == ""


@given(st.integers(min_value=-(10**9), max_value=10**9), st.sampled_from(list(LANGUAGES)))
def test_durations_never_show_raw_seconds(seconds, code):
    said = language(code).duration(seconds)
    numbers = [
        int(digits) for digits in re.findall(r"\d+", re.sub(r"(?<=\d)[^\d\w](?=\d)", "", said))
    ]
    assert 1 <= len(numbers) <= 2
    if abs(seconds) >= 60:
        assert not re.search(r"\d s$|\d с$", said)


def test_money_is_told_in_its_currency() -> None:
    assert language("it").figure(9.857, "EUR", "ratio") == "9,86\u00a0EUR"
    assert language("en").figure(1200.0, "RON") == "1,200\u00a0RON"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_empty(value):
    own = language("en")
    assert (own.figure(value, "s"), own.percent(value), own.number(value)) == ("", "", "")


def test_codes_of_variants_are_said_in_words() -> None:
    italian = language("it")
    assert italian.coded("30d") == "30 giorni"
    assert italian.coded("rounding|at_risk") == f"{italian.coded('rounding')}, a rischio"
    assert italian.coded("alpha:0 to 4").endswith(", 0–4")
    assert italian.coded("of_nobody") == "of nobody"
    assert (italian.number(-3), italian.percent(-0.05)) == ("−3", "−5,0%")


@pytest.mark.parametrize(
    ("value", "said"),
    [(-0.0004, "±0.0 pp"), (0.0004, "±0.0 pp"), (-0.0006, "−0.1 pp"), (0.0, "±0.0 pp")],
)
def test_what_is_shown_as_nought_has_no_sign(value: float, said: str) -> None:
    assert language("en").change(value, "%", "ratio") == said
