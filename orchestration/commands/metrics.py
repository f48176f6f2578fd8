"""``deskhouse metrics``: named metrics of the published marts, cut as one likes, answered by MetricFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import sentences
from orchestration.settings import DBT_DIR, Settings, nothing_there, read_settings

TARGET = "published"
"""Of dbt's profile: the published marts under the name of the warehouse, read-only."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    passed_on = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    app.command(context_settings=passed_on)(metrics)


def metrics(context: typer.Context) -> None:
    """Ask for named metrics: ``list metrics``, ``query --metrics sla_compliance --group-by metric_time__month``.

    Everything behind the name is MetricFlow's ``mf``; it reads what is published and writes nothing there. SLA metrics
    are cut by ``agent_sla_day__layer``: the promises of a platform and our own are never added up. Rows are sorted by
    what they are cut by, unless ``--order`` says otherwise.
    """
    with sentences(context):
        settings = read_settings()
        code = ask(settings, context.args or ["list", "metrics"])
    raise typer.Exit(code)


def ask(settings: Settings, arguments: list[str]) -> int:
    """Run MetricFlow on the published marts.

    Args:
        settings: whose publication.
        arguments: of ``mf``; files it writes lie where the caller is.

    Returns:
        Its exit code.

    Raises:
        ConfigurationError: MetricFlow is not installed, or nothing is published.
    """
    from orchestration.manifest import prepared_manifest

    program = Path(sys.executable).with_name("mf")
    if not program.exists():
        raise ConfigurationError(
            f"MetricFlow is not installed in {program.parent}: run make install, which brings it, "
            "or pip install 'deskhouse[metrics]'."
        )
    if not settings.marts_file.exists():
        raise nothing_there(settings.marts_file)
    prepared_manifest()
    (settings.home / "dbt").mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "DBT_PROFILES_DIR": str(DBT_DIR),
        "DBT_LOG_PATH": str(settings.home / "dbt"),
        "DESKHOUSE_DBT_TARGET": TARGET,
        "DESKHOUSE_PUBLISHED": str(settings.marts_file.resolve()),
        "DESKHOUSE_HOME": str(settings.home),
        # The bar that turns is for terminals; in a file it is noise.
        "NO_COLOR": "1",
    }
    # mf looks for the project where it is started, so paths of its options are made whole first.
    return subprocess.run(
        [str(program), *in_order(_whole_paths(arguments))],
        cwd=DBT_DIR,
        env=environment,
        check=False,
    ).returncode


def _whole_paths(arguments: list[str]) -> list[str]:
    whole = list(arguments)
    for place, option in enumerate(arguments[:-1]):
        if option == "--csv":
            whole[place + 1] = str(Path(arguments[place + 1]).absolute())
    return whole


def in_order(arguments: list[str]) -> list[str]:
    """Arguments of a query that names no order, with one: what it is cut by, since ``mf`` gives rows as they come."""
    given = {argument.partition("=")[0] for argument in arguments}
    if arguments[:1] != ["query"] or "--order" in given:
        return arguments
    for place, argument in enumerate(arguments):
        name, has_value, value = argument.partition("=")
        if name == "--group-by":
            cut = value if has_value else next(iter(arguments[place + 1 :]), "")
            return [*arguments, "--order", cut] if cut else arguments
    return arguments
