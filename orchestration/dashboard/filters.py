"""The filters beside a page: chosen by hand or by the address, and written back into it, so that a view is a link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from orchestration.dashboard.selection import NAMES, Filters
from orchestration.presenting.languages import LANGUAGES, Language

_KEPT = "kept_filters"
_WRITTEN = "written_address"
_LINKED = "filters_of_the_link"
_PAGE = "page_before"
ALL = ""


@dataclass(frozen=True)
class Choice:
    """A filter as a reader sees it; ``options`` are words by value, an empty value = everything."""

    name: str
    label: str
    options: Mapping[str, str]
    everything: str = ""


def kept() -> dict[str, str]:
    """Values in force, those of the address first where somebody came by one."""
    given = {name: st.query_params[name] for name in (*NAMES, "lang") if name in st.query_params}
    known: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    # What we wrote ourselves is no news; an empty address is a click on another page, which keeps the filters.
    if given and given != st.session_state.get(_WRITTEN):
        known.clear()
        known.update(given)
        st.session_state[_LINKED] = tuple(given)
        st.session_state.pop(_PAGE, None)
        for name in NAMES:
            st.session_state.pop(_widget(name), None)
    return known


def write(values: Mapping[str, str], names: Sequence[str]) -> None:
    """Put the values that this page knows into the address."""
    shown = {name: values[name] for name in (*NAMES, "lang") if name in names and values.get(name)}
    st.session_state[_WRITTEN] = shown
    if dict(st.query_params) != shown:
        st.query_params.from_dict(shown)


def linked(page: str) -> tuple[str, ...]:
    """Names of the filters of the link by which somebody came to this page; none on the pages he turns to from it."""
    before = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    if before not in (None, page):
        st.session_state[_LINKED] = ()
    names: tuple[str, ...] = st.session_state.get(_LINKED, ())
    return names


def choose(choice: Choice, values: dict[str, str]) -> str | None:
    """Draw a filter and settle its value; returns the value that was asked for and does not exist here, else None.

    Args:
        choice: what can be chosen.
        values: in force in this run. What a page settles by itself is no choice of the reader and goes nowhere else.
    """
    options = [ALL, *choice.options] if choice.everything else list(choice.options)
    labels = _labels(choice)
    if not options:
        return None
    wanted = values.get(choice.name, ALL)
    unknown = wanted if wanted not in options else None
    if unknown is not None:
        values.pop(choice.name, None)
        set_filter(choice.name, ALL)
        wanted = ALL
    key = _widget(choice.name)
    if st.session_state.get(key) not in options or st.session_state[key] != wanted:
        st.session_state[key] = wanted if wanted in options else options[0]
    st.selectbox(
        choice.label,
        options,
        format_func=lambda value: labels[value],
        key=key,
        on_change=_take,
        args=(choice.name,),
    )
    if not choice.everything:
        values[choice.name] = st.session_state[key]
    return unknown


def type_in(name: str, label: str, values: dict[str, str]) -> None:
    """Draw a filter that is typed, such as a number of a ticket."""
    key = _widget(name)
    st.session_state[key] = values.get(name, "")
    st.text_input(label, key=key, on_change=_take, args=(name,))


def _labels(choice: Choice) -> dict[str, str]:
    """Words by value, each once: the browser tells a choice by its words, and two people may have one name."""
    counts = Counter(choice.options.values())
    said = {
        value: text if counts[text] == 1 else f"{text} ({value[:6]})"
        for value, text in choice.options.items()
    }
    return {ALL: choice.everything, **said}


def choose_language(own: Language) -> None:
    """Draw the choice of languages, each by the name its speakers use."""
    key = _widget("lang")
    st.session_state[key] = own.code
    st.selectbox(
        own.text("Language"),
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code],
        key=key,
        on_change=_take,
        args=("lang",),
    )


def set_filter(name: str, value: str) -> None:
    """Change a filter by something else than its own control."""
    known: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    if value:
        known[name] = value
    else:
        known.pop(name, None)


def _take(name: str) -> None:
    set_filter(name, st.session_state[_widget(name)].strip())


def _widget(name: str) -> str:
    return f"filter_{name}"


def as_filters(values: Mapping[str, str]) -> Filters:
    """Filters of the values in force."""
    return Filters.of(values)
