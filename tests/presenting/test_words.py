"""One word for each meaning: whoever shows a status, a promise, a role or an alert takes its word from one place."""

import ast
from pathlib import Path

import pytest

from orchestration.dashboard import vocabulary
from orchestration.dashboard import words as pages
from orchestration.delivery.rules import RULE_TEXTS, RULE_UNITS
from orchestration.kpi_table import STATUS_STYLES
from orchestration.pack.wording import WORDS
from orchestration.presenting import words
from orchestration.presenting.catalog_files import catalog
from orchestration.presenting.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
FOREIGN = [code for code in LANGUAGES if code != "en"]
SHARED = {
    name: value for name, value in vars(words).items() if isinstance(value, dict) and name.isupper()
}
SHOWING = ("common", "dashboard", "pack", "delivery")


def test_pages_packs_messages_and_tables_say_the_same() -> None:
    assert {code: said for code, (_, _, said) in pages.STATUSES.items()} == words.STATUSES
    assert {code: said for code, (_, said, _) in pages.VERDICTS.items()} == words.VERDICTS
    assert {rule: title for rule, (title, _) in RULE_TEXTS.items()} == words.RULES
    assert RULE_UNITS.keys() == words.RULES.keys()
    assert STATUS_STYLES.keys() < words.STATUSES.keys()
    for name in ("LAYERS", "CLOCKS", "SCOPES", "ROLES", "FORUMS", "RESTATED", "ACTION_STATES"):
        assert SHARED[name].items() <= WORDS.items(), name
    for name in ("LAYERS", "CLOCKS", "SCOPES", "ACTION_STATES", "SEVERITIES", "TRENDS", "BANDS"):
        assert SHARED[name].items() <= pages.CODES.items(), name


def maps_of_words() -> dict[str, set[tuple[str, str]]]:
    """Codes with their words by the file that says them itself, outside the shared place."""
    found: dict[str, set[tuple[str, str]]] = {}
    for path in (ROOT / "orchestration").rglob("*.py"):
        if path.name == "words.py" and path.parent.name == "presenting":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Dict):
                continue
            for key, value in zip(node.keys, node.values, strict=True):
                is_code = isinstance(key, ast.Constant) and isinstance(key.value, str)
                if is_code and isinstance(value, ast.Call) and _name(value) == "N_":
                    (text,) = value.args
                    assert isinstance(text, ast.Constant)
                    place = str(path.relative_to(ROOT))
                    found.setdefault(place, set()).add((key.value, text.value))
    return found


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("name", ["STATUSES", "LAYERS", "BANDS", "ROLES", "FORUMS", "RULES"])
def test_no_other_file_has_a_word_of_its_own_for_a_shared_code(name: str) -> None:
    """A code of another kind may look the same: the list of this test says where."""
    other = {
        # ages of data, names of persons and platforms in events, what the value of an alert means
        ("orchestration/dashboard/views/sources.py", "STATUSES"),
        ("orchestration/dashboard/vocabulary.py", "LAYERS"),
        ("orchestration/dashboard/vocabulary.py", "ROLES"),
        ("orchestration/dashboard/words.py", "ROLES"),
        ("orchestration/dashboard/applying.py", "ROLES"),
        ("orchestration/presenting/codes.py", "ROLES"),
        ("orchestration/delivery/rules.py", "RULES"),
    }
    found = {
        (place, name)
        for place, said in maps_of_words().items()
        for code, _ in said
        if code in SHARED[name]
    }
    assert vocabulary.PEOPLE["agent"] == words.SCOPES["agent"]
    assert found <= other, found - other


@pytest.mark.parametrize("code", FOREIGN)
def test_a_text_stands_in_one_catalog_alone(code: str) -> None:
    seen: dict[str, str] = {}
    twice = []
    for domain in SHOWING:
        for text in catalog(domain, code):
            if text in seen:
                twice.append((text, seen[text], domain))
            seen[text] = domain
    assert not twice, twice
    shared = {text for known in SHARED.values() for text in known.values()}
    assert shared <= catalog("common", code).keys()


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("name", ["STATUSES", "LAYERS", "CLOCKS", "BANDS", "RULES", "SEVERITIES"])
def test_meanings_stay_apart_in_every_language(name: str, code: str) -> None:
    said = [catalog("common", code)[text] for text in SHARED[name].values()]
    assert len(set(said)) == len(said)


def test_readers_are_told_no_colours() -> None:
    """Colours are codes of the data; readers are told the words of the glossary."""
    told = {
        text
        for domain in SHOWING
        for text in catalog(domain, "it")
        if {"red", "reds", "amber", "green"} & set(text.lower().replace(",", " ").split())
    }
    assert not told
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert all(f"**{words.STATUSES[colour]}**" in glossary for colour in ("green", "amber", "red"))
