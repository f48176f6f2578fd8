"""``deskhouse simulate``: the simulated vendors for other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from ingestion.errors import ConfigurationError
from orchestration.commands.session import output, sentences
from orchestration.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)


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
    first_port: Annotated[
        int, typer.Option(help="Zendesk here, Amazon, eBay and eDesk next.")
    ] = 8101,
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
        shown = output()
        shown.line(f"A simulated seller since {options.start}, served on 127.0.0.1:")
        for vendor, port in ports.items():
            url = f"http://127.0.0.1:{port}"
            variables = vendor_environment(vendor, url, options.client_id, options.client_secret)
            for name, value in variables.items():
                # One seller, two helpdesks: whoever takes eDesk leaves Zendesk out.
                shown.line(f"{'# ' if vendor == 'edesk' else ''}{name}={value}")
        try:
            serve(options, ports=ports)
        except OSError as error:
            raise ConfigurationError(str(error)) from error
