"""What every page is given: the published file, the language, the filters, and the way to ask."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from orchestration.dashboard.looks import look_once
from orchestration.dashboard.naming import labels_of_persons
from orchestration.dashboard.queries import places
from orchestration.dashboard.recording import Step, merged, recording, take
from orchestration.dashboard.selection import Filters
from orchestration.dashboard.words import CODES, word
from orchestration.lookups import persons
from orchestration.presenting.languages import Language
from orchestration.presenting.persons import SHORT
from orchestration.presenting.publication import Publication
from orchestration.presenting.scopes import Names, label_of
from orchestration.presenting.telling import told
from orchestration.settings import Settings

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_KEPT_ANSWERS = 400


@dataclass(frozen=True)
class Context:
    """One view of one page.

    Attributes:
        settings: where the home lies.
        publication: the version that is published now.
        own: the reader's language.
        filters: what the page is narrowed by, its month settled.
        page: its path in the address.
    """

    settings: Settings
    publication: Publication
    own: Language
    filters: Filters
    page: str
    query: Mapping[str, str] = field(default_factory=dict)

    def say(self, english: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.own.text(english, **values)

    def word(self, code: object, kind: Mapping[str, str] = CODES) -> str:
        """A code in the reader's language."""
        return word(self.own, code, kind)

    def ask(
        self,
        question: Callable[Concatenate[Publication, Filters, Given], Answer],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        """The answer of a query, asked once for a version of the published file, its filters and values.

        Only the filters that the query is given count, so pages that pass ``context.filters`` share answers.
        """
        return self.ask_with(self.filters, question, *given, **named)

    def ask_with(
        self,
        filters: Filters,
        question: Callable[Concatenate[Publication, Filters, Given], Answer],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Answer:
        """The same under other filters."""
        name = f"{question.__module__}.{question.__qualname__}"
        key = (str(self.publication.path), name, repr(filters.given), repr(given), repr(named))
        answer: Answer = _answered(
            key, _ask=lambda: question(self.publication, filters, *given, **named)
        )
        return answer

    @property
    def as_of(self) -> str:
        """Instant of the data in words."""
        return self.own.instant(_as_of(str(self.publication.path), self.publication))

    @cached_property
    def kpis(self) -> dict[str, str]:
        """English names of KPIs by id."""
        return self.ask_with(Filters(), places.kpi_names)

    def kpi(self, kpi_id: object) -> str:
        """Name of a KPI in the reader's language; its id where it has none."""
        return self.own.text(self.kpis.get(str(kpi_id), str(kpi_id)))

    def told(self, text: object) -> str:
        """What stands in ``value_text``: a class, a list of codes, a metric with its account, or a sentence."""
        return told(self.own, self.kpis, text, self.word) if isinstance(text, str) else ""

    @cached_property
    def people(self) -> pd.DataFrame:
        """Persons by key; asking for it shows nobody, what shows names is logged by :meth:`look`."""
        return self.ask_with(Filters(tenant=self.filters.tenant), places.people).set_index(
            "agent_key"
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Names that may be shown by key, persons of one name told apart."""
        return labels_of_persons(self.people)

    def person(self, key: Any) -> str:
        """Name that may be shown of a person, ``agent_views`` of the employer obeyed; empty for null."""
        if key in ("unowned", "aggregated"):
            return self.say("nobody (queue, bot, system)")
        if not isinstance(key, str):
            return ""
        name = self.names.get(key)
        if name is not None:
            return name
        is_off = self.people.agent_views.get(key) == "off"
        return self.say("name withheld") if is_off else self.say("unnamed {key}", key=key[:SHORT])

    @cached_property
    def scopes(self) -> Names:
        """Labels of teams, channels, reasons and macros."""
        return self.ask_with(Filters(), places.scope_labels)

    def place(self, scope_type: Any, scope_id: Any) -> str:
        """What a place is called, those of one name told apart; persons by :meth:`person`."""
        if scope_type == "agent":
            return self.person(scope_id)
        return label_of(self.scopes, self.filters.tenant, str(scope_type), str(scope_id))

    def look(self, keys: Collection[Any], rows: int) -> None:
        """Log that persons are about to be shown, once for this view.

        Raises:
            LookupLogError: it cannot be logged, so nothing may be shown.
        """
        take(Step("look", sorted(persons(keys)), height=rows), self._look)

    def _look(self, step: Step) -> None:
        narrowed = ", ".join(
            f"{name} = {value}" for name, value in self.filters.given.items() if name != "tenant"
        )
        of = (self.page, narrowed, step.content, step.height or 0, self.filters.tenant)
        look_once(self.settings, self.publication, *of)

    def segment(self, name: str, make: Callable[[Context], None]) -> None:
        """Draw what a function draws; its steps are made once for the version, the filters and the language.

        Args:
            name: of the segment on its page.
            make: draws with :mod:`orchestration.dashboard.figures` and ``charts`` alone, no controls.
        """
        lang, tenant = self.query.get("lang", ""), self.query.get("tenant", "")
        key = (
            str(self.publication.path),
            self.page,
            name,
            self.own.code,
            lang,
            tenant,
            repr(self.filters.given),
        )
        for step in _recorded(key, _make=lambda: make(self)):
            take(step, self._look)

    def link(self, page: str, **values: str) -> str:
        """Address of a page, escaped for HTML; language and company go along."""
        kept = {name: self.query[name] for name in ("lang", "tenant") if name in self.query}
        given = kept | {name: value for name, value in values.items() if value}
        return html.escape(f"{page}?{urlencode(given)}" if given else page)

    def why(
        self, kpi_id: str, scope: str = "company", scope_id: str = "company", **values: str
    ) -> str:
        """Address of the card and the rows of a number."""
        month = values.pop("month", self.filters.month)
        return self.link("why", kpi=kpi_id, scope=scope, id=scope_id, month=month, **values)


@st.cache_data(show_spinner=False, max_entries=_KEPT_ANSWERS)
def _answered(key: tuple[str, ...], _ask: Callable[[], Any]) -> Any:
    return _ask()


@st.cache_data(show_spinner=False, max_entries=_KEPT_ANSWERS)
def _recorded(key: tuple[str, ...], _make: Callable[[], None]) -> list[Step]:
    with recording() as steps:
        _make()
    return merged(steps)


@st.cache_data(show_spinner=False, max_entries=8)
def _as_of(path: str, _publication: Publication) -> Any:
    return _publication.as_of
