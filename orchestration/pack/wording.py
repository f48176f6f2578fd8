"""Words and figures of a pack: coded values of the warehouse as people say them, numbers with their unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.pack.document import Cell, Kind
from orchestration.pack.numbers import Fact
from orchestration.presenting import words
from orchestration.presenting.languages import Language
from orchestration.presenting.telling import told
from orchestration.presenting.words import STATUSES

_FINE = 0.01
"""Shares below this are shown with two decimals."""
_UNBROKEN = 13
_SPREAD_UNITS = ("%", "pp or %")


def N_(text: str) -> str:
    """Mark a text for translation where it is not shown yet."""
    return text


GATES: Mapping[str, str] = {
    "closed_without_reply": N_("closes without reply"),
    "unanswered_deletions": N_("deletions on waiting customers"),
    "critical_quality_error": N_("critical quality error"),
    "waivers": N_("many no-reply marks"),
}
UNITS: Mapping[str, str] = {
    "s": N_("duration"),
    "count": N_("number"),
    "count of 5": N_("number of 5"),
    "class": N_("class"),
    "currency": N_("money"),
    "ratio": N_("ratio"),
    "coefficient": N_("coefficient"),
}
WORDS: Mapping[str, str] = {
    **words.LAYERS,
    **words.CLOCKS,
    **words.SCOPES,
    **words.VERDICTS,
    **words.ACTION_STATES,
    **words.RESTATED,
    **words.ROLES,
    **words.FORUMS,
    "no_channel": N_("no channel"),
    "no_team": N_("no team"),
    "untagged": N_("without a reason"),
    "median": N_("median"),
    "mean": N_("mean"),
    "p90": N_("90th percentile"),
    "p95": N_("95th percentile"),
    "lower": N_("lower is better"),
    "higher": N_("higher is better"),
    "band": N_("within the band"),
    "zero": N_("zero is best"),
    "neutral": N_("neither is better"),
    "none": N_("neither is better"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "waived": N_("signed off"),
}


@dataclass(frozen=True)
class Wording:
    """Speaks one language about a pack's numbers."""

    language: Language
    names: Mapping[str, str] = field(default_factory=dict)
    """English names of KPIs by id."""

    def told(self, text: str | None) -> str:
        """What a number is about or is instead: a class, a list of codes, a metric with its account."""
        return told(self.language, self.names, text, self.word) if text else ""

    def text(self, english: str, **values: object) -> str:
        """A text of the catalogs."""
        return self.language.text(english, **values)

    def word(self, code: str | None) -> str:
        """A coded value; what no catalog knows is shown with spaces."""
        if not code:
            return ""
        if code in WORDS:
            return self.language.text(WORDS[code])
        known = self.language.texts.get(code) or self.language.sentence(code)
        return known if known != code else self.language.coded(code).replace("|", ", ")

    def name(self, english: str) -> str:
        """The name of a KPI or scope."""
        return self.word(english) if english in WORDS else self.language.text(english)

    def figure(self, value: float | None, unit: str, stat: str, fine: float | None = None) -> str:
        """A value with its unit; ``fine`` is the size that decides about decimals of a share."""
        if value is None:
            return ""
        if is_share(unit, stat):
            size = abs(value if fine is None else fine)
            return self.language.percent(value, 2 if 0 < size < _FINE else 1)
        return together(self.language.figure(value, unit, stat))

    def change(self, value: float | None, unit: str, stat: str) -> str:
        """A signed difference; that of shares in percentage points."""
        return together(self.language.change(value, unit, stat))

    def status(self, status: str | None, note: str = "") -> Cell:
        """A status as sign, word and colour."""
        if not status:
            return Cell("–")
        said = self.text(STATUSES.get(status, status))
        return Cell(said, (said,), tone=tone(status), icon=tone(status), note=note)

    def target(self, fact: Fact) -> str:
        """A target with its comparison and class; a band with both ends."""
        if fact.target is None:
            return ""
        low = self.figure(fact.target, fact.unit, fact.stat)
        if fact.direction == "band" and fact.target_high is not None:
            high = self.figure(fact.target_high, fact.unit, fact.stat)
            return f"{low} – {high}"
        return together(f"{COMPARED.get(fact.direction or '', '')} {low}".strip())

    def value(self, fact: Fact) -> str:
        """A value, its class or the name of what it is about."""
        fine = fact.target if fact.target else fact.value
        said = self.figure(fact.value, fact.unit, fact.stat, fine)
        return said or self.told(fact.value_text) or "–"

    def marks(self, fact: Fact) -> str:
        """What tells this number from others of its KPI: statistic, clock, promise, variant."""
        kinds = [fact.stat] if fact.stat in ("median", "mean", "p90", "p95") else []
        clock = [fact.clock] if fact.clock != "none" else []
        layer = [fact.layer] if fact.layer != "none" else []
        said = [self.word(code) for code in (*kinds, *clock, *layer)]
        variant = [] if fact.variant == "none" else [self.language.coded(fact.variant)]
        return " · ".join([fact.kpi_id, *said, *variant])


COMPARED: Mapping[str, str] = {
    "lower": "≤",
    "zero": "=",
    "equals": "=",
    "less_than": "<",
    "higher": "≥",
    "greater_than": ">",
}


def together(figure: str) -> str:
    """A figure that no line break takes apart, unless its unit is longer than a column is wide."""
    return figure.replace(" ", "\u00a0") if len(figure) <= _UNBROKEN else figure


def tone(status: str) -> str:
    """Green, amber, red or grey."""
    return status if status in ("green", "amber", "red") else "grey"


def is_share(unit: str, stat: str) -> bool:
    """Whether a number is a share of 1."""
    return unit in _SPREAD_UNITS or (stat == "ratio" and not unit)


def kind_of(unit: str, stat: str) -> Kind:
    """How a workbook formats values of a unit."""
    if unit == "s":
        return "duration"
    return "percent" if is_share(unit, stat) else "number"
