"""Runs the simulated vendors beside the pipeline when no real ones are configured."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from ingestion.config import tenant_of
from ingestion.errors import ConfigurationError
from ingestion.unchanged import stored_rows
from orchestration.loading_ahead import load_for_build
from orchestration.settings import (
    HELPDESKS,
    SIMULATED_SOURCES,
    VENDORS,
    Settings,
    environment_with,
)

EBAY_ACCOUNTS = ("ebay.de", "ebay.it")
LANDING_FOLDER = "simulated-landing"
WORLD_FILE = "simulated-world"
_RATE_LIMIT_SCALE = 0.0
"""No limit: the vendors' own would stretch a demonstration to hours; the tests run with the true ones."""


def refuse_mixture(settings: Settings) -> None:
    """Keep simulated and real data apart.

    Raises:
        ConfigurationError: the home holds simulated data, and credentials of a vendor are set.
    """
    real = [vendor for vendor in settings.configured_vendors if not _is_on_loopback(vendor)]
    if real and settings.simulator_file.exists():
        raise ConfigurationError(
            f"{settings.home} holds simulated data, and credentials for "
            f"{', '.join(real)} are set: name another folder in DESKHOUSE_HOME, "
            f"or remove {settings.home}, before pulling real data."
        )


def refuse_own_files_among_simulated_data(settings: Settings) -> None:
    """Keep a landing folder of the user's own out of a home that a simulated seller was pulled into.

    Raises:
        ConfigurationError: the home holds simulated data, and a run would now read own files into it.
    """
    if (
        settings.landing_dir
        and not settings.configured_vendors
        and settings.simulator_file.exists()
    ):
        raise ConfigurationError(
            f"{settings.home} holds simulated data, and DESKHOUSE_LANDING_DIR names files of your own: name another "
            f"folder in DESKHOUSE_HOME, or say with --sources {','.join(SIMULATED_SOURCES)} that both belong together."
        )


def refuse_second_helpdesk(settings: Settings, sources: Sequence[str]) -> str:
    """The helpdesk that the simulated seller is seen through; his tickets must not count twice.

    Raises:
        ConfigurationError: two helpdesks of one tenant are asked for, or the home holds his tickets by the other one.
    """
    wanted = [name for name in HELPDESKS if name in sources]
    tenants = {tenant_of(name) for name in wanted}
    if len(tenants) < len(wanted):
        raise ConfigurationError(
            f"--sources names {' and '.join(wanted)}, and the simulated seller has one helpdesk: name one of them, or"
            f" give the second a tenant of its own in SOURCES__{wanted[-1].upper()}__TENANT_ID."
        )
    for other in HELPDESKS:
        if wanted and other not in wanted and tenant_of(other) in tenants:
            held = stored_rows(settings.warehouse, f"raw_{other}", "tickets", ["_tenant_id"])
            if held:
                raise ConfigurationError(
                    f"{settings.home} holds the simulated seller's tickets as {other} shows them: name another folder"
                    f" in DESKHOUSE_HOME to see them through {wanted[0]}, or they would count twice."
                )
    return wanted[0] if wanted else HELPDESKS[0]


def _is_on_loopback(vendor: str) -> bool:
    """Whether a connector points at ``deskhouse simulate``."""
    url = os.environ.get(f"SOURCES__{vendor.upper()}__BASE_URL", "")
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def vendor_environment(vendor: str, url: str, client_id: str, client_secret: str) -> dict[str, str]:
    """Variables that point a connector at the simulator."""
    from ingestion.simulator.amazon.app import REFRESH_TOKEN
    from ingestion.simulator.ebay.app import refresh_token

    variables = {"BASE_URL": url, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    if vendor == "amazon":
        variables |= {
            "LOGIN_URL": url,
            "REFRESH_TOKEN": REFRESH_TOKEN,
            "REPORT_POLL_SECONDS": "0.05",
        }
    elif vendor == "ebay":
        tokens = {account: refresh_token(account) for account in EBAY_ACCOUNTS}
        variables |= {"DISPUTES_URL": url, "REFRESH_TOKENS": json.dumps(tokens)}
    elif vendor == "edesk":
        variables = {"BASE_URL": f"{url}/v1", "TOKEN": client_secret}
    return {f"SOURCES__{vendor.upper()}__{name}": value for name, value in variables.items()}


@contextmanager
def simulated_vendors(
    settings: Settings, sources: Sequence[str], tickets_per_day: float | None = None
) -> Iterator[Settings]:
    """Serve the wanted vendors on loopback for the block; yields settings with their landing folder.

    The world's start is remembered in the home, so that a later run meets the same past and more of it. The
    environment of this process is pointed at the simulator for the block.

    Args:
        settings: home, instant and a landing folder of the caller's own, which then replaces the seller's sheets.
        sources: what is to be pulled.
        tickets_per_day: size of a new world, default the simulator's.
    """
    # The simulator is needed only here, and takes a second to import.
    from ingestion.simulator.process import running_simulator_process
    from ingestion.simulator.world.options import remembered_options

    size = {} if tickets_per_day is None else {"tickets_per_day": tickets_per_day}
    options = remembered_options(
        settings.home, as_of=settings.as_of, rate_limit_scale=_RATE_LIMIT_SCALE, **size
    )
    helpdesk = refuse_second_helpdesk(settings, sources)
    vendors = tuple(vendor for vendor in VENDORS if vendor in sources)
    folder = settings.landing_dir
    own_folder = settings.home / LANDING_FOLDER if folder is None and "landing" in sources else None
    world = settings.home / WORLD_FILE
    with running_simulator_process(
        options,
        vendors=vendors,
        landing_folder=own_folder,
        helpdesk=helpdesk,
        keep_in=world,
        # A new world takes long to tell, and is built from.
        meanwhile=(lambda: None) if world.exists() else load_for_build,
    ) as urls:
        added: dict[str, str] = {}
        for vendor in vendors:
            added |= vendor_environment(
                vendor, urls.of(vendor), options.client_id, options.client_secret
            )
        if "edesk" in vendors:
            added["SOURCES__EDESK__CALLS_PER_SECOND"] = str(_RATE_LIMIT_SCALE)
        folder = folder or own_folder
        if folder is not None:
            added["DESKHOUSE_LANDING_DIR"] = str(folder)
        with environment_with(added):
            yield replace(settings, landing_dir=folder)
