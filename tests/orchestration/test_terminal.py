"""What data say is shown at a terminal, never obeyed; and no command writes past the door."""

from __future__ import annotations

import ast
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestration import progress
from orchestration.cli import app
from orchestration.settings import PROJECT_DIR
from orchestration.terminal import Column, Terminal, plain, styled

_ORDERS = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
_MARKUP = "[/red] [bold]x[/bold] [link=http://x]y[/link] :warning: [green"
_ALLOWED_TO_WRITE = {
    "terminal.py": "the door itself",
    "manifest.py": "a path for make, which is no terminal",
    "ui.py": "an address before this process becomes Dagster",
}
hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x08\x1b\r\n\t\x9b\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufeff[]/\\:"
        ),
    ),
    max_size=40,
)


def _written(write: object, width: int | None = None) -> str:
    file = io.StringIO()
    write(Terminal(file=file, width=width))  # type: ignore[operator]
    return file.getvalue()


@given(hostile)
def test_no_text_holds_an_order_to_the_terminal(text: str) -> None:
    shown = plain(text)
    assert not [
        character
        for character in shown
        if unicodedata.category(character) in _ORDERS and character not in _JOINERS
    ]
    assert "".join(character for character in text if character.isprintable()) == "".join(
        character for character in text if character in shown and character.isprintable()
    )


@given(hostile)
def test_a_line_is_one_line_and_says_the_whole_text(text: str) -> None:
    for said in (
        _written(lambda terminal: terminal.line("before ", text)),
        _written(lambda terminal: terminal.line(styled(text, "red"))),
    ):
        assert said.count("\n") == 1
        assert plain(text).strip() in said


@given(hostile)
def test_an_error_is_one_line_whatever_it_says(text: str) -> None:
    said = _written(lambda terminal: terminal.error(text))
    assert said.startswith("error:")
    assert said.count("\n") == 1
    for line in text.replace("\r", "\n").split("\n"):
        assert all(word in said for word in plain(line.strip()).split())


def test_what_a_program_said_in_several_lines_is_joined() -> None:
    said = _written(lambda terminal: terminal.error("dbt said:\n  Parser  error\r\n  line 1\n"))
    assert said == "error: dbt said: Parser  error line 1\n"


def test_a_traceback_passes_the_door() -> None:
    variables = {"DESKHOUSE_AS_OF": "last \x1b[31m week"}
    outcome = CliRunner().invoke(app, ["--debug", "alerts"], env=variables)
    assert outcome.exit_code == 2
    assert "Traceback" in outcome.output
    assert "\x1b" not in outcome.output


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=4))
def test_a_table_shows_markup_and_fails_on_no_text(rows: list[tuple[str, str]]) -> None:
    said = _written(lambda terminal: terminal.table([Column("a", whole=True), "b"], rows, "t"))
    for whole, _ in rows:
        for word in plain(whole).split():
            assert word in said
    assert "\x1b" not in said


@pytest.mark.parametrize("width", [20, 60, 150])
def test_ids_and_words_are_never_cut(width: int) -> None:
    key = "3cd3f86fa12f5701fee4c9a3a1e29f9a"
    sentence = "a sentence of many words, none of which may be cut in half by a narrow terminal"
    said = _written(
        lambda terminal: terminal.table(
            [Column("id", whole=True), "text", Column("role", optional=True)],
            [[f"obligation {key}", sentence, "operations_manager"]],
        ),
        width,
    )
    assert f"obligation {key}" in said
    for word in sentence.split():
        assert word in said
    assert ("operations_manager" in said) == (width > 60)


def test_markup_and_emoji_codes_stay_what_they_are() -> None:
    assert _MARKUP in _written(lambda terminal: terminal.line(_MARKUP))
    assert _MARKUP in _written(lambda terminal: terminal.table(["text"], [[_MARKUP]]))
    assert f"warning: {_MARKUP}" in _written(lambda terminal: terminal.warning(_MARKUP))


def test_a_stream_of_few_characters_gets_escapes_instead_of_an_error() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(file=stream).line("Zoë → 1")
    assert raw.getvalue() == b"Zo\\xeb \\u2192 1\n"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with pytest.raises(SystemExit):
        Terminal(file=Closed()).line("x")


@pytest.mark.parametrize("is_live", [True, False])
def test_progress_lines_pass_the_door(is_live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    if is_live:
        monkeypatch.setenv("FORCE_COLOR", "1")
    terminal = Terminal(file=file, width=200)
    monkeypatch.setattr(progress, "Terminal", lambda file: terminal)
    with progress.ConsoleReporter() as reporter:
        reporter.step(f"pulling {_MARKUP}\x1b]0;mine\x07", total=2)
        reporter.advance(f"table [/dim] {_MARKUP}\u202e")
    said = file.getvalue()
    assert "[/red] [bold]x[/bold]" in said
    for order in ("\x1b]0;mine", "\x07", "\u202e"):
        assert order not in said


def test_usage_errors_pass_the_door() -> None:
    for arguments in (["run", "--\x1b[31m[/red]"], ["\x1b[31m[/red]"], ["explain"], ["run", "x"]):
        outcome = CliRunner().invoke(app, arguments)
        assert outcome.exit_code == 2
        assert outcome.output.startswith("error: ")
        assert outcome.output.count("\n") == 1
        assert "\x1b" not in outcome.output
    assert CliRunner().invoke(app, ["--help"]).exit_code == 0


def _writers(tree: ast.AST) -> list[str]:
    """What of a module could write to a terminal: imports of Rich, print, the standard streams, echo of Typer."""
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        found += [name for name in names if name.split(".")[0] == "rich" or "rich_utils" in name]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ):
            found.append("print")
        if isinstance(node, ast.Attribute) and node.attr in ("echo", "secho", "print_exception"):
            found.append(node.attr)
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("write", "writelines", "buffer")
            and ast.unparse(node.value).startswith(("sys.stdout", "sys.stderr", "sys.__std"))
        ):
            found.append(ast.unparse(node))
    return found


def test_no_module_writes_past_the_door() -> None:
    past = {
        path.relative_to(PROJECT_DIR).as_posix(): found
        for folder in ("orchestration", "ingestion", "expectations")
        for path in sorted((PROJECT_DIR / folder).rglob("*.py"))
        if not path.relative_to(PROJECT_DIR).is_relative_to("ingestion/simulator")
        and path.parent.name != "bench"
        and path.name not in _ALLOWED_TO_WRITE
        and (found := _writers(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert past == {}


def test_the_rule_sees_what_it_forbids() -> None:
    for text in (
        "from rich.console import Console",
        "import rich",
        "print('x')",
        "import typer\ntyper.echo('x')",
        "import sys\nsys.stderr.write('x')",
    ):
        assert _writers(ast.parse(text)), text
    for name in _ALLOWED_TO_WRITE:
        assert _writers(ast.parse(Path(PROJECT_DIR / "orchestration" / name).read_text())), name
