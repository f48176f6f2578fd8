"""``deskhouse landing``: what a folder of files would give before any run, and a first mapping of an unknown export."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import EXIT_FAILED, errors, output, sentences
from orchestration.settings import read_settings
from orchestration.terminal import Column, Terminal, styled

if TYPE_CHECKING:
    from orchestration.landing_check import FolderCheck
    from orchestration.landing_measurable import Verdict

_STYLES = {
    "loaded": "green",
    "partly": "yellow",
    "unread": "yellow",
    "ignored": "yellow",
    "lost": "red",
}
_landing = typer.Typer(
    no_args_is_help=True,
    help="Landing files: what they would give, and mappings of other tools' exports.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_landing, name="landing")


@_landing.command("check")
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Landing folder, default DESKHOUSE_LANDING_DIR.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when anything would be refused.")
    ] = False,
) -> None:
    """Say what would load, what would be refused and why, what is not used, and which KPIs would be measurable.

    Nothing is loaded, and only the folder is looked at: what vendors deliver beside it would make more measurable.
    """
    with sentences(context):
        from orchestration.landing_check import check_folder

        settings = read_settings()
        chosen = folder or settings.landing_dir
        if chosen is None:
            raise ConfigurationError(
                "There is no landing folder to check: name one, or set DESKHOUSE_LANDING_DIR."
            )
        found = check_folder(settings.ingestion, chosen)
        shown = output()
        _print_files(shown, found)
        for tenant, verdicts in groupby(found.verdicts, key=lambda one: one.tenant_id):
            _print_verdicts(shown, tenant, list(verdicts))
    raise typer.Exit(EXIT_FAILED if strict and found.is_refusing else 0)


def _print_files(shown: Terminal, found: FolderCheck) -> None:
    from orchestration.landing_report import sentences as said

    columns: list[Column | str] = [
        "file",
        "table",
        "profile",
        Column("would load", "right"),
        Column("refused", "right"),
        "state",
    ]
    reports = sorted((one.report for one in found.news), key=lambda one: one.file_name)
    shown.table(
        columns,
        [
            (
                one.file_name,
                one.table_name or "-",
                one.profile or "-",
                f"{one.rows_loaded:,}",
                f"{one.rows_refused:,}",
                styled(one.state, _STYLES[one.state]),
            )
            for one in reports
        ],
    )
    lines = said(found.news)
    if lines:
        shown.blank()
    for line in lines:
        shown.line(line)


def _print_verdicts(shown: Terminal, tenant: str, verdicts: list[Verdict]) -> None:
    from orchestration.landing_check import GROUPS

    shown.blank()
    can = sum(one.missing is None for one in verdicts)
    shown.line(styled(f"KPIs of {tenant}: {can} of {len(verdicts)} would be measurable", "bold"))
    for group, found in groupby(verdicts, key=lambda one: one.group):
        cards = list(found)
        green = [one.kpi_id for one in cards if one.missing is None]
        named = f": {', '.join(green)}" if green else ""
        shown.line(f"{group} {GROUPS.get(group, '')}: {len(green)} of {len(cards)}{named}")
        lacking: dict[str, list[str]] = {}
        for one in cards:
            if one.missing is not None:
                lacking.setdefault(one.missing, []).append(one.kpi_id)
        for missing, kpis in lacking.items():
            shown.line(styled("  grey", "dim"), f" for want of {missing}: {', '.join(kpis)}")


@_landing.command("profile")
def profile(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An export of another tool.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the tool, default from the file's name.")
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option(help="Show the words of this column, which could be names; repeatable."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the draft into the landing folder.")
    ] = False,
) -> None:
    """Look at an unknown export and propose how its columns become canonical rows, as YAML to edit.

    No value that could name a person or quote one is shown, unless --show asks for the words of a column.
    """
    with sentences(context):
        from ingestion.sources.landing.profiles.looking import look_at
        from ingestion.sources.landing.profiles.proposing import proposal, tool_name

        tool = tool_name(name or file.name)
        text = proposal(look_at(file, show or ()), tool)
        if not write:
            output().lines(text)
            return
        target = _target(tool)
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
        errors().line(
            f"{target} is written: fill in its TODO lines, then deskhouse landing check says what it gives."
        )


def _target(tool: str) -> Path:
    from ingestion.sources.landing.names import PROFILES_FOLDER

    folder = read_settings().landing_dir
    if folder is None:
        raise ConfigurationError(
            "There is no landing folder to write the profile into: set DESKHOUSE_LANDING_DIR."
        )
    target = folder / PROFILES_FOLDER / f"{tool}.yml"
    if target.exists():
        raise ConfigurationError(f"{target} exists: give another --name, or remove it.")
    return target
