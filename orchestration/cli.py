"""The ``deskhouse`` command: a failure is one sentence and a non-zero exit, a traceback only with ``--debug``."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.console import Console

from ingestion.errors import ConfigurationError
from orchestration.commands import (
    action,
    alerts,
    close_month,
    explain,
    export,
    ledger,
    lookups,
    restatement,
    what_if,
)
from orchestration.commands.session import (
    EXIT_FAILED,
    EXIT_PARTLY,
    Options,
    output,
    sentences,
)
from orchestration.settings import SOURCES, Settings, load_dotenv_file, read_settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Helpdesk warehouse for marketplace sellers: pull, build, prove, publish, explain.",
)


@app.callback()
def main(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and logs.")] = False,
) -> None:
    """Read ``.env`` and set how much is said."""
    context.obj = Options(debug)
    load_dotenv_file()
    if not debug:
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")


def chosen_sources(settings: Settings, text: str | None) -> tuple[str, ...]:
    """Names of the sources to pull.

    Args:
        settings: says which vendors have credentials and whether there is a landing folder.
        text: ``--sources``, comma-separated; None = all configured, or all simulated ones when none is.

    Raises:
        ConfigurationError: an unknown name, or a real vendor without credentials beside one that has some.
    """
    if text is None:
        if not settings.configured_vendors:
            return SOURCES
        landing = ("landing",) if settings.landing_dir else ()
        return (*settings.configured_vendors, *landing)
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in SOURCES]
    if unknown or not names:
        raise ConfigurationError(
            f"--sources names {', '.join(unknown) or 'nothing'}; choose among {', '.join(SOURCES)}."
        )
    if names == ("landing",) and settings.landing_dir is None:
        raise ConfigurationError(
            "--sources landing needs a folder of landing files: set DESKHOUSE_LANDING_DIR."
        )
    if settings.configured_vendors:
        missing = [name for name in names if name not in (*settings.configured_vendors, "landing")]
        if missing:
            raise ConfigurationError(
                f"No credentials for {', '.join(missing)}: set SOURCES__{missing[0].upper()}__… as in .env.example."
            )
    return names


@app.command()
def run(
    context: typer.Context,
    sources: Annotated[
        str | None, typer.Option(help="Comma-separated: zendesk, amazon, ebay, landing.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="ISO-8601 instant to judge at, default now.")
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Read and rebuild everything anew.")
    ] = False,
    publish_past: Annotated[
        bool,
        typer.Option("--publish-past", help="Publish although a later instant is published."),
    ] = False,
) -> None:
    """Pull the sources, build the warehouse, prove it, publish the marts.

    Without credentials the simulated vendors are started on loopback and pulled through the real connectors. At an
    instant before the last close or publication it looks back: it builds beside the warehouse, publishes nothing and
    records nothing.
    """
    with sentences(context):
        settings = read_settings(as_of=as_of)
        names = chosen_sources(settings, sources)
        code = _run(settings, names, full_refresh, context.obj.debug, publish_past)
    raise typer.Exit(code)


def _run(
    settings: Settings,
    names: tuple[str, ...],
    is_full_refresh: bool,
    debug: bool,
    is_past_published: bool,
) -> int:
    from orchestration.looking_back import known_later, looked_back, refuse_past, said
    from orchestration.preflight import check_disk, reset_cursors
    from orchestration.progress import ConsoleReporter
    from orchestration.report import print_kpis, print_places, print_refusals
    from orchestration.running import run_pipeline
    from orchestration.seed_validation import validate_seeds
    from orchestration.simulated import refuse_mixture, simulated_vendors

    validate_seeds()
    refuse_mixture(settings)
    check_disk(settings.home)
    # dbt and the steps below read the instant from the environment.
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    errors = Console(stderr=True)
    known = None if is_past_published else known_later(settings)
    if known is None and not is_past_published:
        refuse_past(settings)
    if known is not None:
        errors.print(
            f"looking back from {said(settings.as_of)}, before {known.what} of {said(known.at)}: built beside the "
            "warehouse, nothing is published or recorded.",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
        settings = looked_back(settings)
    is_simulated = not settings.configured_vendors and names != ("landing",)
    if is_full_refresh:
        reset_cursors(settings, names)
    with ConsoleReporter() as reporter:
        if is_simulated:
            reporter.step("starting the simulated vendors (no credentials are set)")
        with simulated_vendors(settings, names) if is_simulated else nullcontext(settings) as used:
            outcome = run_pipeline(used, names, is_full_refresh, reporter, is_past_published)
    console = output()
    if "landing" in names:
        print_refusals(errors, settings.warehouse)
    for text in outcome.warnings:
        errors.print(f"[yellow]warning:[/yellow] {text}", highlight=False, soft_wrap=True)
    for text in (*outcome.source_errors, *outcome.build_errors):
        errors.print(f"[red]error:[/red] {text}", highlight=False, soft_wrap=True)
    if debug:
        for trace in outcome.traces:
            errors.print(trace, highlight=False, markup=False)
    if not outcome.is_published:
        errors.print(
            "Nothing was published; what was published before stays as it was.", highlight=False
        )
        return EXIT_FAILED
    print_kpis(console, settings.marts_file, settings.as_of, is_look_back=known is not None)
    print_places(console, settings, outcome.rows_changed)
    return EXIT_PARTLY if outcome.source_errors or outcome.build_errors else 0


@app.command()
def simulate(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Pin the vendors' clock (ISO-8601).")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another seller.")] = None,
    tickets_per_day: Annotated[float | None, typer.Option(help="Contacts per weekday.")] = None,
    rate_limit_scale: Annotated[
        float, typer.Option(help="1 = the vendors' own limits, 100 = a hundred times, 0 = none.")
    ] = 1.0,
    first_port: Annotated[int, typer.Option(help="Zendesk here, Amazon and eBay next.")] = 8101,
) -> None:
    """Serve the simulated vendors on 127.0.0.1 until interrupted, and print what to put into ``.env``."""
    with sentences(context):
        from ingestion.config import parse_instant
        from ingestion.simulator.server import serve
        from ingestion.simulator.world.options import remembered_options
        from orchestration.settings import VENDORS
        from orchestration.simulated import vendor_environment

        settings = read_settings()
        given = {"seed": seed, "tickets_per_day": tickets_per_day}
        overrides = {name: value for name, value in given.items() if value is not None}
        instant = parse_instant(as_of) if as_of else settings.as_of
        options = remembered_options(
            settings.home,
            as_of=instant if as_of or settings.is_as_of_pinned else None,
            rate_limit_scale=rate_limit_scale,
            **overrides,
        )
        ports = {vendor: first_port + place for place, vendor in enumerate(VENDORS)}
        console = Console()
        console.print(f"A simulated seller since {options.start}, served on 127.0.0.1:")
        for vendor, port in ports.items():
            url = f"http://127.0.0.1:{port}"
            variables = vendor_environment(vendor, url, options.client_id, options.client_secret)
            for name, value in variables.items():
                console.print(f"{name}={value}", highlight=False, soft_wrap=True)
        try:
            serve(options, ports=ports)
        except OSError as error:
            raise ConfigurationError(str(error)) from error


@app.command()
def doctor(context: typer.Context) -> None:
    """Look at configuration, credentials, disk, versions and locks, and say what to do."""
    with sentences(context):
        from orchestration.doctor import examine

        findings = examine(read_settings())
        console = Console()
        marks = {
            "ok": "[green]ok[/green]",
            "warning": "[yellow]warning[/yellow]",
            "error": "[red]error[/red]",
        }
        for finding in findings:
            console.print(
                f"{marks[finding.state]:<26} {finding.subject:<20} {finding.seen}",
                highlight=False,
                soft_wrap=True,
            )
            if finding.remedy:
                console.print(f"{'':<8} → {finding.remedy}", highlight=False, soft_wrap=True)
        has_errors = any(finding.state == "error" for finding in findings)
    raise typer.Exit(EXIT_FAILED if has_errors else 0)


COMMANDS = (explain, export, what_if, close_month, restatement, action, alerts, lookups, ledger)
for _command in COMMANDS:
    _command.register(app)


def entry() -> None:
    """Console script."""
    try:
        app()
    except SystemExit:
        # DuckDB's binding reports what other libraries keep alive at the interpreter's end as leaks: pages of noise
        # after our last word. Nothing of ours is written from here on.
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        raise


if __name__ == "__main__":
    entry()
