"""Serves the dashboard on loopback, behind the same guard as Dagster: foreign hosts and foreign pages are refused."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.guard import Guard, own_hosts

HOST = "127.0.0.1"
PORT = 8501
APP = Path(__file__).parent / "app.py"
_SOCKET_BYTES = 200 * 1024 * 1024


def refuse_taken(port: int, remedy: str) -> None:
    """Say before anything is started that a port cannot be used.

    Args:
        port: on loopback.
        remedy: how another one is named.

    Raises:
        ConfigurationError: somebody listens there, or the system does not allow it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} of {HOST} cannot be used ({error.strerror}): name another, {remedy}."
            ) from error


def address(port: int) -> str:
    """Where a browser finds it."""
    return f"http://{HOST}:{port}"


def serve(port: int) -> None:
    """Serve on a port of loopback until interrupted."""
    import uvicorn
    from streamlit import config as streamlit_config
    from streamlit.starlette import App

    # the application says where the file with our settings lies; what was read before did not know it
    application = App(APP)
    streamlit_config.get_config_options(force_reparse=True)
    for name, value in (
        ("server.address", HOST),
        ("server.port", port),
        ("browser.serverAddress", HOST),
    ):
        streamlit_config.set_option(name, value)
    guarded = Guard(application, own_hosts(port, os.environ.get("DESKHOUSE_UI_HOSTS", "")))
    server = uvicorn.Server(
        uvicorn.Config(guarded, HOST, port, log_level="warning", ws_max_size=_SOCKET_BYTES)
    )
    server.run()
