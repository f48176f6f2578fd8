"""The languages in which people read: texts from catalogs, numbers, dates and durations by locale.

Texts are written in English where they are shown and translated by ``catalogs/<domain>.<language>.po``, a domain for
each kind of document (``common`` is shared by all). What a catalog lacks is shown in English and named by a test.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from gettext import c2py

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.plurals import get_plural
from babel.numbers import format_decimal, format_percent

from ingestion.errors import ConfigurationError
from orchestration.figures import SPOKEN_UNITS, is_currency
from orchestration.presenting.catalog_files import catalog, counted_forms
from orchestration.presenting.codes import CODES

COMMON = "common"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "it": "Italiano",
    "ro": "Română",
    "ru": "Русский",
}
"""Codes with the names that their speakers use."""
_LOCALES = {"en": "en_GB"}
_PLACE = re.compile(r"\{(\w+)\}")
_CODED = ("capability", "table", "clock", "sources", "source")
"""Places of sentences that a code fills, or several with commas between."""
MINUS = "−"
"""Sign of every negative figure; a hyphen would be another length and break off at the end of a line."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ONE_WORD = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")
_CAMEL = re.compile(r"[A-Z]")
"""Where a word begins in a code written ``likeThis``."""
_WINDOW = re.compile(r"(\d+)d")
"""A variant that is a window."""
_MINUTE = 60
_HOUR = 60


@dataclass(frozen=True)
class Language:
    """One language for documents of some domains.

    Attributes:
        code: a key of :data:`LANGUAGES`.
        texts: translations by English text; English by itself.
        forms: of counted texts by both English forms, in the order of the language's plurals; none for English.
    """

    code: str
    texts: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def locale(self) -> Locale:
        """Rules for numbers and dates."""
        return Locale.parse(_LOCALES.get(self.code, self.code))

    def text(self, english: str, **values: object) -> str:
        """A text in this language; ``{name}`` in it is filled with the value of that name."""
        said = self.texts.get(english) or english
        return said.format(**values) if values else said

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """A text that counts, in the form that ``n`` asks for; values fill its places."""
        said = self._form(many, n) or (one if n == 1 else many)
        return said.format(**values)

    def _form(self, english: str, n: int) -> str | None:
        forms = self.forms.get(english)
        return forms[_plural(self.code)(n)] if forms else None

    def sentence(self, english: str | None) -> str:
        """A sentence that the warehouse wrote (a reason for grey) with the values that stand in it; empty for null."""
        if not english:
            return ""
        if english in self.texts:
            return self.texts[english]
        for pattern, template, said in _templates(tuple(self.texts.items())):
            found = pattern.fullmatch(english)
            if found:
                places = found.groupdict()
                if template in self.forms and places["n"].isdecimal():
                    said = self._form(template, int(places["n"])) or said
                return said.format(
                    **{name: self._place(name, text) for name, text in places.items()}
                )
        return english

    def coded(self, code: str) -> str:
        """A code of the warehouse in words: windows such as ``30d`` as days, lists (``a|b``) part by part,
        ``alpha:0_to_4`` as what it is of which scale or criterion (a seller's own name).

        One that has no words stands with spaces between its parts, also one that a platform writes ``likeThis``.
        """
        if "|" in code:
            return ", ".join(map(self.coded, code.split("|")))
        if window := _WINDOW.fullmatch(code):
            return f"{window[1]} {self.text('days')}"
        kind, of, scale = code.partition(":")
        if of and kind in CODES:
            known = self.coded(scale) if scale in CODES else scale
            return self.coded(kind) + ", " + known.replace("_to_", "–").replace(" to ", "–")
        return self.text(CODES[code]) if code in CODES else _readable(code)

    def _place(self, name: str, text: str) -> str:
        """What stands in a place of a sentence; codes in words, days by locale, names that people gave as they are."""
        if name == "day" and _DAY.fullmatch(text):
            return self.day(date.fromisoformat(text))
        if name in _CODED:
            return ", ".join(
                self.coded(part) if part in CODES else part for part in text.split(", ")
            )
        return text

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number by locale with that many decimals; empty for null and for what is no number."""
        if value is None or not math.isfinite(value):
            return ""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", MINUS)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share of 1 as percent; empty for null."""
        if share is None or not math.isfinite(share):
            return ""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return format_percent(share, format=pattern, locale=self.locale).replace("-", MINUS)

    def duration(self, seconds: float | None) -> str:
        """Seconds as ``12 s``, ``34 min``, ``5 h 06 min``, from four days on as days; empty for null."""
        if seconds is None or not math.isfinite(seconds):
            return ""
        sign = MINUS if round(seconds) < 0 else ""
        whole = abs(round(seconds))
        if whole < _MINUTE:
            return sign + self.text("{n} s", n=whole)
        minutes = round(whole / _MINUTE)
        if minutes < _HOUR:
            return sign + self.text("{n} min", n=minutes)
        hours, rest = divmod(minutes, _HOUR)
        if hours < 96:
            return sign + self.text("{hours} h {minutes} min", hours=hours, minutes=f"{rest:02d}")
        days, left = divmod(round(minutes / _HOUR), 24)
        return sign + self.text("{days} d {hours} h", days=self.number(days), hours=left)

    def figure(self, value: float | None, unit: str | None, stat: str = "") -> str:
        """A KPI's value as people read it: durations spoken, shares as percent, counts whole; empty for null.

        Args:
            value: the number as ``kpi_monthly`` holds it.
            unit: of the registry.
            stat: ``ratio`` makes a share of what has no unit.
        """
        if value is None or not math.isfinite(value):
            return ""
        unit = unit or ""
        if unit == "s":
            return self.duration(value)
        if unit in ("%", "pp or %") or (stat == "ratio" and not unit):
            return self.percent(value)
        plain = self.number(value, 0 if float(value).is_integer() else 2)
        if is_currency(unit):
            return f"{plain}\N{NO-BREAK SPACE}{unit}"
        return f"{plain} {self.text(unit)}" if unit in SPOKEN_UNITS else plain

    def change(self, value: float | None, unit: str | None, stat: str = "") -> str:
        """A signed difference of two figures, that of shares in percentage points; empty for null."""
        if value is None or not math.isfinite(value):
            return ""
        sign = "+" if value > 0 else MINUS if value < 0 else "±"
        size = abs(value)
        if unit in ("%", "pp or %") or (stat == "ratio" and not unit):
            # what is shown as nought has no sign
            sign = sign if round(size * 100, 1) else "±"
            return f"{sign}{self.number(size * 100, 1)} {self.text('pp')}"
        return f"{sign}{self.figure(size, unit, stat)}"

    def day(self, value: date | None) -> str:
        """A day, written out; empty for null."""
        return "" if value is None else format_date(value, "d MMM y", locale=self.locale)

    def month(self, value: date, *, short: bool = False) -> str:
        """A month with its year, ``October 2026`` or ``Oct 26``."""
        pattern = "LLL yy" if short else "LLLL y"
        return format_date(value, pattern, locale=self.locale)

    def instant(self, value: datetime | None) -> str:
        """A UTC instant to the minute, the zone named; empty for null."""
        if value is None:
            return ""
        return format_datetime(value, "d MMM y, HH:mm", locale=self.locale) + " UTC"


def language(code: str, *domains: str) -> Language:
    """A language with the texts of some domains; ``common`` is always among them.

    Raises:
        ConfigurationError: nobody has translated into that language.
    """
    if code not in LANGUAGES:
        known = ", ".join(f"{key} ({name})" for key, name in LANGUAGES.items())
        raise ConfigurationError(f"There is no language {code}; known are {known}.")
    return _language(code, tuple(dict.fromkeys((COMMON, *domains))))


def default_language(environment: Mapping[str, str] | None = None) -> str:
    """The language of what nobody names one for (``DESKHOUSE_LANGUAGE``, else English).

    Raises:
        ConfigurationError: the variable names a language that does not exist.
    """
    variables = os.environ if environment is None else environment
    code = variables.get("DESKHOUSE_LANGUAGE") or "en"
    try:
        language(code)
    except ConfigurationError as error:
        raise ConfigurationError(f"DESKHOUSE_LANGUAGE: {error}") from error
    return code


@cache
def _language(code: str, domains: tuple[str, ...]) -> Language:
    texts: dict[str, str] = {}
    forms: dict[str, tuple[str, ...]] = {}
    for domain in domains:
        texts |= catalog(domain, code) if code != "en" else _english(domain)
        forms |= counted_forms(domain, code)
    return Language(code, texts, forms)


@cache
def _plural(code: str) -> Callable[[int], int]:
    """Which of its forms a language uses for a count."""
    return c2py(get_plural(code).plural_expr)


def _english(domain: str) -> dict[str, str]:
    """English texts by themselves, so that codes in the places of sentences are told by words there, too."""
    return {
        english: english
        for english in catalog(domain, next(one for one in LANGUAGES if one != "en"))
    }


@cache
def _templates(texts: tuple[tuple[str, str], ...]) -> list[tuple[re.Pattern[str], str, str]]:
    """Texts with places to fill, the longest first: the more of a sentence is fixed, the surer it is the right one."""
    filled = [(english, said) for english, said in texts if _PLACE.search(english)]
    filled.sort(key=lambda pair: len(_PLACE.sub("", pair[0])), reverse=True)
    return [(_pattern(english), english, said) for english, said in filled]


def _pattern(english: str) -> re.Pattern[str]:
    parts = _PLACE.split(english)
    texts, names = parts[::2], parts[1::2]
    places = [f"(?P<{name}>.+?)" for name in names] + [""]
    return re.compile(
        "".join(re.escape(text) + place for text, place in zip(texts, places, strict=True))
    )


def _readable(code: str) -> str:
    parts = (
        _CAMEL.sub(lambda found: f" {found[0].lower()}", code)
        if _ONE_WORD.fullmatch(code)
        else code
    )
    return parts.replace("_", " ")
