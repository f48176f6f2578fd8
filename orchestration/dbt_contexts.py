"""What dbt's templates see: macros made callable when they are asked for, not all of them for every node.

dbt makes some 750 macros callable three times a node, of which a template calls a dozen. That took
a tenth of the processor time of a build of a small warehouse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class _Names(dict[str, Any]):
    """Names as dbt keeps them, some of which get what they stand for when they are first asked for."""

    def __init__(
        self, known: Mapping[str, Any], later: Mapping[str, Any], find: Callable[[str], Any]
    ) -> None:
        """What is known already is not asked for.

        Args:
            known: names with what they stand for.
            later: the other names; what they lead to is for ``find``.
            find: what one of the others stands for.
        """
        super().__init__(known)
        self._later = later
        self._find = find

    def cover(self, names: Mapping[str, Any]) -> None:
        """Let ``names`` answer, also for what is known already."""
        self._later, self._find = names, names.__getitem__
        self.update({name: names[name] for name in list(super().__iter__()) if name in names})

    def __missing__(self, name: str) -> Any:
        if name not in self._later:
            raise KeyError(name)
        self[name] = found = self._find(name)
        return found

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._later

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    # whoever goes through it, or copies it, meets all names
    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(super().__iter__()), **dict.fromkeys(self._later)})

    def keys(self) -> Any:
        return dict.fromkeys(self).keys()

    def values(self) -> Any:
        return {name: self[name] for name in self}.values()

    def items(self) -> Any:
        return {name: self[name] for name in self}.items()

    def __len__(self) -> int:
        return len(self.keys())

    def __bool__(self) -> bool:
        return super().__len__() > 0 or bool(self._later)


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
        def layer(found: Mapping[str, Any]) -> _Names:
            def make(name: str) -> Any:
                return MacroGenerator(found[name], names, self.node, self.thread_ctx)

            return _Names({}, found, make)

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
        none: dict[str, Any] = {}
        self._ctx = _Names(self._ctx, none, none.__getitem__)
        return own_macros(self)

    def to_dict(self: Any) -> Any:
        if not isinstance(self._ctx, _Names):
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
