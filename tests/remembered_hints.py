"""Lets dlt ask each type hint once in a test process, not at every look-up of a setting.

A load of a few rows resolves some six hundred configurations, and each asks of each of its fields, for every provider
and section, whether the hint is a secret and what lies inside it: a third of the processor time of a small load. The
answer depends on the hint alone, so it is kept. So is what lies in the types by which dlt checks each schema; and what
it would write of columns into its trace, which nobody reads, is left out: a fifth of the rest. What a destination is
configured as is asked two dozen times a load, for what it is capable of: half of what then remains, and kept as long
as the destination.
Processes that tests start meet dlt as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
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
    _remember_types()
    _remember_destinations()
    _write_no_hints()


def _remember_types() -> None:
    from dlt.common import validation as module

    validation: Any = module
    asked = validation.get_type_hints
    if hasattr(asked, "__wrapped__"):
        return
    memory: dict[int, tuple[type, dict[str, Any]]] = {}

    @wraps(asked)
    def answer(spec: type, globalns: dict[str, Any] | None = None) -> dict[str, Any]:
        if id(spec) not in memory:
            # ``globalns`` is that of the type's own module
            memory[id(spec)] = (spec, asked(spec, globalns=globalns))
        return dict(memory[id(spec)][1])

    validation.get_type_hints = answer


def _remember_destinations() -> None:
    """A pipeline makes its own destination, so none outlives the settings of the test that asked for it."""
    from dlt.common.destination.reference import Destination

    asked = Destination.configuration
    if hasattr(asked, "__wrapped__"):
        return

    @wraps(asked)
    def answer(self: Any, initial_config: Any, accept_partial: bool = False) -> Any:
        if not accept_partial:
            return asked(self, initial_config, accept_partial)
        given = dict(self.config_params)
        known = vars(self).get("_remembered")
        if known is None or known[0] != given:
            known = self._remembered = (given, asked(self, initial_config, accept_partial))
        return known[1]

    changed: Any = Destination
    changed.configuration = answer


def _write_no_hints() -> None:
    from dlt.extract import extract as module

    extract: Any = module
    extract.yaml = SimpleNamespace(dump=lambda *_, **__: "")


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
