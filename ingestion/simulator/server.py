"""Starts the simulated vendors on loopback: for ``deskhouse simulate``, for ``make run`` and for tests."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from ingestion.simulator.faults import Faults
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World

LOOPBACK = "127.0.0.1"
VENDORS = ("zendesk", "amazon", "ebay", "edesk")
START_TIMEOUT_SECONDS = 30.0
_APPS = {
    "zendesk": ("ingestion.simulator.zendesk.app", "zendesk_app"),
    "amazon": ("ingestion.simulator.amazon.app", "amazon_app"),
    "ebay": ("ingestion.simulator.ebay.app", "ebay_app"),
    "edesk": ("ingestion.simulator.edesk.app", "edesk_app"),
}


@dataclass(frozen=True)
class SimulatorUrls:
    """Base addresses of the vendors, and the world behind them. A vendor that was not asked for has ``""``."""

    zendesk: str
    amazon: str
    ebay: str
    edesk: str
    options: SimulatorOptions
    world: World

    def of(self, vendor: str) -> str:
        """Base address of ``vendor``."""
        return str(getattr(self, vendor))


def vendor_app(vendor: str, world: World, options: SimulatorOptions, base_url: str) -> ASGIApp:
    """The ASGI application of a vendor, behind the scripted faults."""
    module, name = _APPS[vendor]
    app: ASGIApp = getattr(importlib.import_module(module), name)(world, options, base_url)
    return Faults(app, options.faults, vendor)


class Servers:
    """uvicorn servers of several applications in one event loop."""

    def __init__(
        self,
        options: SimulatorOptions,
        host: str,
        ports: dict[str, int],
        world: World | None = None,
    ) -> None:
        self.world = world or World(options)
        self.sockets = {vendor: _listen(host, port) for vendor, port in ports.items()}
        self.urls = {
            vendor: f"http://{host}:{bound.getsockname()[1]}"
            for vendor, bound in self.sockets.items()
        }
        self.servers = {
            vendor: uvicorn.Server(
                uvicorn.Config(
                    vendor_app(vendor, self.world, options, url),
                    log_level="error",
                    access_log=False,
                    lifespan="off",
                    timeout_graceful_shutdown=2,
                )
            )
            for vendor, url in self.urls.items()
        }

    async def run(self) -> None:
        """Serve until every server is told to stop."""
        await asyncio.gather(
            *(server.serve([self.sockets[vendor]]) for vendor, server in self.servers.items())
        )

    def run_forever(self) -> None:
        """Serve in the calling thread until stopped or interrupted."""
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self.run())

    def stop(self) -> None:
        """Tell all servers to stop."""
        for server in self.servers.values():
            server.should_exit = True

    def is_started(self) -> bool:
        """Whether all servers accept requests."""
        return all(server.started for server in self.servers.values())

    def addresses(self, options: SimulatorOptions) -> SimulatorUrls:
        """Addresses for callers."""
        urls = self.urls
        return SimulatorUrls(
            urls.get("zendesk", ""),
            urls.get("amazon", ""),
            urls.get("ebay", ""),
            urls.get("edesk", ""),
            options,
            self.world,
        )


def _listen(host: str, port: int) -> socket.socket:
    # Named protocol: asyncio switches Nagle's delay off only for sockets that say they are TCP.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(
            f"Port {port} on {host} is in use; choose another port for the simulator."
        ) from error
    bound.listen(128)
    bound.set_inheritable(True)
    return bound


@contextlib.contextmanager
def running_simulator(
    options: SimulatorOptions,
    vendors: tuple[str, ...] = VENDORS,
    host: str = LOOPBACK,
    ports: dict[str, int] | None = None,
    world: World | None = None,
) -> Iterator[SimulatorUrls]:
    """Run the simulated vendors in a thread for the length of a ``with`` block.

    Args:
        options: the world, clock, limits and faults.
        vendors: which of zendesk, amazon, ebay, edesk to start.
        host: address to bind.
        ports: port per vendor; missing ones are free ports.
        world: a world told before with the same seed, start and volume; saves its telling.

    Yields:
        The base addresses.

    Raises:
        OSError: a port is taken.
        TimeoutError: the servers did not come up.
    """
    wanted = {vendor: (ports or {}).get(vendor, 0) for vendor in vendors}
    servers = Servers(options, host, wanted, world)
    thread = threading.Thread(target=servers.run_forever, name="simulator", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    try:
        while not servers.is_started():
            if time.monotonic() > deadline or not thread.is_alive():
                raise TimeoutError("The simulated vendors did not start.")
            time.sleep(0.01)
        yield servers.addresses(options)
    finally:
        servers.stop()
        thread.join(timeout=10)


def serve(
    options: SimulatorOptions,
    host: str = LOOPBACK,
    ports: dict[str, int] | None = None,
    vendors: tuple[str, ...] = VENDORS,
    announce: Callable[[SimulatorUrls], None] | None = None,
) -> None:
    """Serve the simulated vendors in the foreground until interrupted (``deskhouse simulate``).

    ``announce`` is told the base addresses before serving begins.
    """
    wanted = {vendor: (ports or {}).get(vendor, 0) for vendor in vendors}
    servers = Servers(options, host, wanted)
    if announce is not None:
        announce(servers.addresses(options))
    servers.run_forever()
