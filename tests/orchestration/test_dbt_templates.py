"""Templates are compiled once for all runs and give what dbt gives; what is damaged or of another project is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt_common.clients import jinja

from orchestration.dbt_templates import kept_templates

SOURCE = "{% macro twice(n) %}{{ n }}{{ n }}{% endmacro %}select {{ value }}"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Texts that Jinja has read since."""
    texts: list[str] = []
    own = jinja.MacroFuzzEnvironment._parse

    def parse(environment: Any, source: str, *named: Any) -> Any:
        texts.append(source)
        return own(environment, source, *named)

    monkeypatch.setattr(jinja.MacroFuzzEnvironment, "_parse", parse)
    yield texts


def rendered(source: str, native: bool = False, **values: Any) -> Any:
    return jinja.get_template(source, values, native=native).render(values)


def test_what_was_compiled_is_taken_in_the_next_run(tmp_path: Path, parsed: list[str]) -> None:
    file = tmp_path / "kept"
    with kept_templates(file, "project"):
        assert rendered(SOURCE, value=1) == rendered(SOURCE, value=1) == "select 1"
    assert parsed == [SOURCE]
    written = file.stat().st_mtime_ns
    with kept_templates(file, "project"):
        assert rendered(SOURCE, value=2) == "select 2"
    assert parsed == [SOURCE]
    assert file.stat().st_mtime_ns == written


def test_a_value_is_not_taken_for_a_text(tmp_path: Path) -> None:
    with kept_templates(tmp_path / "kept", "project"):
        assert rendered("{{ [1, n] }}", n=2) == "[1, 2]"
        assert rendered("{{ [1, n] }}", native=True, n=2) == [1, 2]


def _of_another_project(file: Path) -> str:
    return "another"


def _cut(file: Path) -> str:
    file.write_bytes(file.read_bytes()[:-7])
    return "project"


def _bent(file: Path) -> str:
    content = file.read_bytes()
    file.write_bytes(content[:-7] + bytes([content[-7] ^ 1]) + content[-6:])
    return "project"


def _empty(file: Path) -> str:
    file.write_bytes(b"")
    return "project"


@pytest.mark.parametrize("change", [_of_another_project, _cut, _bent, _empty])
def test_what_cannot_be_trusted_is_compiled_anew(
    tmp_path: Path, parsed: list[str], change: Any
) -> None:
    file = tmp_path / "kept"
    with kept_templates(file, "project"):
        rendered(SOURCE, value=1)
    project = change(file)
    for _ in range(2):
        with kept_templates(file, project):
            assert rendered(SOURCE, value=2) == "select 2"
    assert parsed == [SOURCE, SOURCE]


def test_a_template_that_cannot_be_read_is_named_as_ever(tmp_path: Path) -> None:
    from dbt_common.exceptions import CompilationError

    for _ in range(2):
        with (
            kept_templates(tmp_path / "kept", "project"),
            pytest.raises(CompilationError, match="expected token"),
        ):
            rendered("{{ one two }}")
    assert not (tmp_path / "kept").exists()


def test_where_nobody_may_write_runs_go_on(tmp_path: Path) -> None:
    with kept_templates(tmp_path / "absent" / "kept", "project"):
        assert rendered(SOURCE, value=1) == "select 1"


def test_dbt_has_its_own_way_back_after_the_block(tmp_path: Path) -> None:
    own = jinja.MacroFuzzEnvironment.compile
    with pytest.raises(RuntimeError), kept_templates(tmp_path / "kept", "project"):
        assert jinja.MacroFuzzEnvironment.compile is not own
        raise RuntimeError
    assert jinja.MacroFuzzEnvironment.compile is own
