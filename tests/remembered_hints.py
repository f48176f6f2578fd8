"""Lets dlt ask each type hint once in a test process, not at every look-up of a setting.

A load of a few rows resolves some six hundred configurations, and each asks of each of its fields, for every provider
and section, whether the hint is a secret and what lies inside it: a third of the processor time of a small load. The
answer depends on the hint alone, so it is kept. Processes that tests start meet dlt as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

PURE = ("is_secret_hint", "extract_inner_hint")
"""Functions of dlt whose answer depends on their arguments alone."""


def remember_hints() -> None:
    """Keep what dlt's pure functions of a hint said; calling it again changes nothing."""
    import dlt  # noqa: F401  (its modules bind the functions when they are imported)
    from dlt.common.configuration.specs import base_configuration

    for name in PURE:
        asked = getattr(base_configuration, name)
        if hasattr(asked, "__wrapped__"):
            continue
        kept = _kept(asked)
        for module in [found for key, found in sys.modules.items() if key.startswith("dlt.")]:
            if vars(module).get(name) is asked:
                setattr(module, name, kept)


def _kept(asked: Callable[..., Any]) -> Callable[..., Any]:
    """``asked`` with a memory by the identity of the hint: equal unions may name their members in another order."""
    memory: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    @wraps(asked)
    def answer(hint: Any, *arguments: bool, **named: bool) -> Any:
        key = (id(hint), arguments, *sorted(named.items()))
        found = memory.get(key)
        if found is None:
            # The hint is kept too: a new object at the place of a freed one would have its identity.
            found = memory[key] = (hint, asked(hint, *arguments, **named))
        return found[1]

    return answer
