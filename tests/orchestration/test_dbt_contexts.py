"""A template sees the names that dbt gives it, and each means what it means to dbt."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.clients import jinja
from dbt.context import macros, manifest
from dbt.context.base import BaseContext
from dbt.context.configured import ConfiguredContext

from orchestration.dbt_contexts import quick_contexts


class _Macro:
    """Stands for a parsed macro of a package."""

    def __init__(self, package: str, name: str, text: str) -> None:
        self.package_name, self.name = package, name
        self.unique_id = f"macro.{package}.{name}"
        self.macro_sql = f"{{% macro {name}() %}}{text}{{% endmacro %}}"


class _Context(manifest.ManifestContext):
    """A context of packages without a project: ours, another, one of dbt's adapter and dbt's own."""

    def _get_namespace_builder(self) -> macros.MacroNamespaceBuilder:
        return macros.MacroNamespaceBuilder(
            "ours", self.search_package, self.macro_stack, ["dbt", "dbt_adapter"]
        )


# what a template sees besides macros
_Context._context_members_ = {"env_var": "dbt's", "nothing": None}


class _Manifest:
    def __init__(self, found: list[_Macro]) -> None:
        self._found = found

    def get_macros_by_package(self) -> dict[str, dict[str, _Macro]]:
        packages: dict[str, dict[str, _Macro]] = {}
        for macro in self._found:
            packages.setdefault(macro.package_name, {})[macro.name] = macro
        return packages


MACROS = [
    _Macro("ours", "house", "house of {{ whose() }}"),
    _Macro("ours", "env_var", "in place of dbt's own"),
    _Macro("ours", "both", "ours"),
    _Macro("dbt", "whose", "dbt"),
    _Macro("dbt", "both", "dbt"),
    _Macro("dbt_adapter", "whose", "adapter"),
    _Macro("other", "both", "other"),
    _Macro("other", "alone", "other"),
]


@pytest.fixture(autouse=True)
def _no_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ConfiguredContext, "__init__", lambda self, config: BaseContext.__init__(self, {})
    )


def _names(package: str = "ours") -> Any:
    return _Context(None, _Manifest(MACROS), package).to_dict()  # type: ignore[arg-type]


def _macros_of(names: Any) -> dict[str, str]:
    return {
        name: names[name].macro.unique_id
        for name in names
        if isinstance(names[name], jinja.MacroGenerator)
    }


@pytest.mark.parametrize("package", ["ours", "other", "dbt"])
def test_every_name_means_what_it_means_to_dbt(package: str) -> None:
    own = _names(package)
    with quick_contexts():
        ours = _names(package)
    assert set(ours) == set(own)
    assert len(ours) == len(own)
    assert _macros_of(ours) == _macros_of(own)
    assert (ours["nothing"], "nothing" in ours) == (None, True)
    assert [ours[name]["both"].macro.unique_id for name in ("dbt", "other")] == [
        own[name]["both"].macro.unique_id for name in ("dbt", "other")
    ]


def test_a_macro_finds_those_that_it_calls() -> None:
    own = _names()["house"]()
    with quick_contexts():
        assert _names()["house"]() == own == "house of dbt"


def test_a_copy_holds_all_names() -> None:
    with quick_contexts():
        names = _names()
        assert set(dict(names)) == {**names}.keys() == set(names)
        assert _macros_of(dict(names)) == _macros_of(names)
        assert dict(names.items()) == dict(zip(names.keys(), names.values(), strict=True))


def test_what_does_not_exist_is_missing() -> None:
    with quick_contexts():
        names = _names()
    assert "whoever" not in names
    assert names.get("whoever", 1) == 1
    with pytest.raises(KeyError):
        names["whoever"]


def test_a_name_that_is_set_later_is_the_one_that_counts() -> None:
    with quick_contexts():
        names = _names()
    names["both"] = "set"
    assert (names["both"], dict(names)["both"]) == ("set", "set")


def test_a_macro_of_a_package_gives_way_to_another() -> None:
    """As dbt's unit tests put theirs in place of macros."""
    with quick_contexts():
        names = _names()
        names["dbt"]["whose"] = "another"
        names["other"]["new"] = "new"
    assert (names["dbt"]["whose"], names["other"]["new"]) == ("another", "new")
    assert set(names["other"]) == {"both", "alone", "new"}


def test_dbt_has_its_own_way_back_after_the_block() -> None:
    def ways() -> list[Any]:
        context = manifest.ManifestContext
        return [
            macros.MacroNamespaceBuilder.build_namespace,
            context._build_namespace,
            context.to_dict,
        ]

    own = ways()
    with pytest.raises(RuntimeError), quick_contexts():
        assert all(way is not before for way, before in zip(ways(), own, strict=True))
        raise RuntimeError
    assert ways() == own
