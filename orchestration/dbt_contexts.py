"""What dbt's templates see: macros made callable when they are asked for, not all of them for every node.

dbt makes some 750 macros callable three times a node, of which a template calls a dozen. That took
a tenth of the processor time of a build of a small warehouse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class _Callable(Mapping[str, Any]):
    """The macros of a package by name, each made callable when it is first asked for."""

    def __init__(self, macros: Mapping[str, Any], make: Callable[[Any], Any]) -> None:
        self._macros = macros
        self._make = make
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(self._macros[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._macros

    def __iter__(self) -> Iterator[str]:
        return iter(self._macros)

    def __len__(self) -> int:
        return len(self._macros)


class _Context(dict[str, Any]):
    """Names of a template; what stands behind them is looked up when it is asked for, and is as much part of it."""

    behind: Mapping[str, Any]

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(names)
        self.behind = {}

    def cover(self, behind: Mapping[str, Any]) -> None:
        """Let ``behind`` answer for all of its names, those that are known already included."""
        self.behind = behind
        self.update({name: behind[name] for name in list(super().__iter__()) if name in behind})

    def __missing__(self, name: str) -> Any:
        self[name] = found = self.behind[name]
        return found

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.behind

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    # a copy of it holds all names, too
    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(super().__iter__()), **dict.fromkeys(self.behind)})

    def keys(self) -> Any:
        return dict.fromkeys(self).keys()

    def __len__(self) -> int:
        return len(self.keys())

    def __bool__(self) -> bool:
        return super().__len__() > 0 or bool(self.behind)


@contextmanager
def quick_contexts() -> Iterator[None]:
    """In the block dbt makes macros callable when a template asks for them."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context import macros
    from dbt.context.configured import ConfiguredContext
    from dbt.context.manifest import ManifestContext

    builder: Any = macros.MacroNamespaceBuilder
    context: Any = ManifestContext
    own_layers, own_macros, own_names = (
        builder.build_namespace,
        context._build_namespace,
        context.to_dict,
    )

    def build_namespace(
        self: Any, by_package: Mapping[str, Mapping[str, Any]], names: dict[str, Any]
    ) -> Any:
        def layer(found: Mapping[str, Any]) -> _Callable:
            return _Callable(
                found, lambda macro: MacroGenerator(macro, names, self.node, self.thread_ctx)
            )

        inner = self.internal_package_names
        own = {} if self.search_package in inner else by_package.get(self.search_package, {})
        is_other = self.root_package not in (self.search_package, *inner)
        root = by_package.get(self.root_package, {}) if is_other else {}
        shared: dict[str, Any] = {}
        for package in reversed(self.internal_package_names_order):
            shared.update(by_package.get(package, {}))
        others = {name: layer(found) for name, found in by_package.items() if name not in inner}
        namespace: Any = macros.MacroNamespace
        return namespace(layer(root), layer(own), layer(shared), others)

    def with_late_names(self: Any) -> Any:
        self._ctx = _Context(self._ctx)
        return own_macros(self)

    def to_dict(self: Any) -> Any:
        if not isinstance(self._ctx, _Context):
            return own_names(self)
        names = ConfiguredContext.to_dict(self)
        self._ctx.cover(self.namespace)
        return names

    builder.build_namespace, context._build_namespace, context.to_dict = (
        build_namespace,
        with_late_names,
        to_dict,
    )
    try:
        yield
    finally:
        builder.build_namespace, context._build_namespace, context.to_dict = (
            own_layers,
            own_macros,
            own_names,
        )
