"""What stands in ``value_text`` beside or instead of a number, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestration.presenting.languages import Language


def told(own: Language, names: Mapping[str, str], text: str, word: Callable[[str], str]) -> str:
    """A class, a list of codes, a metric with its account, or a sentence.

    Args:
        own: the reader's language.
        names: English names of KPIs by id, for metrics that are KPIs.
        text: as the warehouse holds it: ``metric of account``, ``code|code`` or a sentence.
        word: a single code in the reader's words.
    """
    metric, of, place = text.partition(" of ")
    if of and (metric in names or "_" in metric):
        name = own.text(names[metric]) if metric in names else own.coded(metric)
        return f"{name} · {place}"
    sentence = own.sentence(text)
    return sentence if sentence != text else ", ".join(map(word, text.split("|")))
