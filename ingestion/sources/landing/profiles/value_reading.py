"""How a profile writes values and conditions: texts and mappings of YAML to ``Value`` and ``Condition``."""

from __future__ import annotations

from typing import Any

from ingestion.sources.landing.profiles.model import Condition, Pick, Value
from ingestion.sources.landing.profiles.words import OTHERS, plain_word
from ingestion.yaml_lines import Faults, Field, Mapping, read_entry

_ORIGINS = ("column", "value", "join", "first", "last")
_CONSTANT = "="


def texts(raw: Any) -> tuple[str, ...]:
    """One text or a list of texts.

    Raises:
        ValueError: it is neither, or one of them is empty.
    """
    found = [raw] if isinstance(raw, str) else raw
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ValueError("must be a text or a list of texts")
    return tuple(found)


def one_text(raw: Any) -> str:
    """One text that is not empty.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(raw, str) or not raw:
        raise ValueError("must be a text")
    return raw


def read_conditions(raw: Any, faults: Faults, line: int) -> tuple[Condition, ...]:
    """Conditions of a mapping from columns to ``filled``, ``empty``, a list of words, or ``{not: words}``."""
    if not isinstance(raw, Mapping) or not raw:
        faults.add(line, "conditions must map columns to filled, empty or a list of words")
        return ()
    found = [
        _condition(column, wanted, faults, raw.lines[column]) for column, wanted in raw.items()
    ]
    return tuple(one for one in found if one is not None)


def _condition(column: str, wanted: Any, faults: Faults, line: int) -> Condition | None:
    if wanted in ("filled", "empty"):
        return Condition(column, is_filled=wanted == "filled")
    is_negated = isinstance(wanted, Mapping) and list(wanted) == ["not"]
    words = wanted["not"] if is_negated else wanted
    if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
        return Condition(
            column, words=frozenset(plain_word(word) for word in words), is_negated=is_negated
        )
    faults.add(
        line,
        f"the condition on {column} must be filled, empty, a list of words, or {{not: [words]}}",
    )
    return None


def read_value(name: str, raw: Any, faults: Faults, line: int) -> Value | None:
    """Value of one canonical column; null where it is faulty."""
    if isinstance(raw, str) and raw:
        return _short(raw)
    if not isinstance(raw, Mapping):
        faults.add(line, f"{name} must name a column, a constant (=text) or a mapping with column")
        return None
    given = [key for key in _ORIGINS if key in raw]
    if len(given) != 1:
        faults.add(line, f"{name} needs exactly one of {', '.join(_ORIGINS)}")
        return None
    before = len(faults.found)
    found = read_entry(raw, _FIELDS, faults, line)
    words = _words(raw, faults) if "words" in raw else None
    of = read_conditions(raw["of"], faults, raw.lines["of"]) if "of" in raw else ()
    if len(faults.found) > before:
        return None
    return _value(name, found, words, of, faults, line)


def _value(
    name: str,
    found: dict[str, Any],
    words: dict[str, str] | None,
    of: tuple[Condition, ...],
    faults: Faults,
    line: int,
) -> Value | None:
    pick: Pick | None = "first" if "first" in found else "last" if "last" in found else None
    if "with" in found and "join" not in found:
        faults.add(
            line, f"{name}: with is the sign between the parts of join, and there is no join"
        )
        return None
    if of and pick is None:
        faults.add(line, f"{name}: of chooses a row for first or last, and there is neither")
        return None
    return Value(
        columns=found.get("column") or found.get("first") or found.get("last") or (),
        constant=found.get("value"),
        parts=tuple(_short(part) for part in found.get("join") or ()),
        glue=found.get("with", "-"),
        words=words,
        split=found.get("split"),
        plus=found.get("plus") or (),
        otherwise=found.get("otherwise"),
        pick=pick,
        of=of,
    )


def _short(text: str) -> Value:
    """``=text`` is a constant, everything else a column."""
    if text.startswith(_CONSTANT):
        return Value(constant=text.removeprefix(_CONSTANT))
    return Value(columns=(text,))


def _words(raw: Mapping, faults: Faults) -> dict[str, str] | None:
    words, line = raw["words"], raw.lines["words"]
    if not isinstance(words, Mapping) or not words:
        faults.add(line, "words must map words of the export to words of the contract")
        return None
    found: dict[str, str] = {}
    for word, meaning in words.items():
        if not isinstance(meaning, str):
            faults.add(words.lines[word], f"the word {word} must mean one text")
            continue
        plain = word if word == OTHERS else plain_word(word)
        if plain in found:
            faults.add(words.lines[word], f"the word {word} is given twice (case does not count)")
        found[plain] = meaning
    return found


def _any(raw: Any) -> Any:
    return raw


_FIELDS = {
    "column": Field(texts),
    "value": Field(one_text),
    "join": Field(texts),
    "with": Field(one_text),
    "first": Field(texts),
    "last": Field(texts),
    "split": Field(one_text),
    "plus": Field(texts),
    "otherwise": Field(one_text),
    "words": Field(_any),
    "of": Field(_any),
}
