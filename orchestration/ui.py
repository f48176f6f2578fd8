"""``make ui``: the Dagster user interface on loopback, with the history of ``DESKHOUSE_HOME``, behind our guard.

``dagster dev`` accepts any host name and changes by GET, so any page open in the same browser could start runs. Its
parts are started here instead: the daemon as it is, the web server inside :class:`orchestration.guard.Guard`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ingestion.errors import ConfigurationError
from orchestration.dagster_instance import prepare_instance
from orchestration.guard import Guard, own_hosts
from orchestration.manifest import prepared_manifest
from orchestration.permissions import close_to_others, protect_home
from orchestration.settings import PROJECT_DIR, load_dotenv_file, read_settings

HOST = "127.0.0.1"
_WORKSPACE = "workspace.yaml"
_POLL_MILLISECONDS = 2000
_STOP_SECONDS = 60


def main() -> None:
    """Prepare the dbt manifest and Dagster's folder, then serve until interrupted."""
    parser = argparse.ArgumentParser(description=f"Dagster on {HOST}.")
    parser.add_argument("--port", type=int, default=3000)
    port = parser.parse_args().port
    close_to_others()
    load_dotenv_file()
    settings = read_settings()
    try:
        _refuse_taken(port)
        protect_home(settings.home, settings.published_dir)
    except ConfigurationError as error:
        sys.exit(f"error: {error}")
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    os.environ["DAGSTER_HOME"] = str(prepare_instance(settings))
    prepared_manifest()
    os.chdir(PROJECT_DIR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt), _daemon():
        _serve(port)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f'Port {port} of {HOST} cannot be used ({error.strerror}): name another, make ui ARGS="--port 3001".'
            ) from error


@contextmanager
def _daemon() -> Iterator[None]:
    """Dagster's daemon, which starts what the schedules ask for, as long as the block lasts."""
    child = subprocess.Popen([sys.executable, "-m", "dagster._daemon", "run", "-w", _WORKSPACE])
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _serve(port: int) -> None:
    import uvicorn
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster_webserver.app import create_app_from_workspace_process_context
    from dagster_webserver.version import __version__

    target = WorkspaceFileTarget([_WORKSPACE])
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(instance, target, version=__version__) as workspace,
    ):
        app = create_app_from_workspace_process_context(
            workspace, live_data_poll_rate=_POLL_MILLISECONDS
        )
        sys.stdout.write(f"Dagster on http://{HOST}:{port} (stop with Ctrl-C)\n")
        sys.stdout.flush()
        guarded = Guard(app, own_hosts(port, os.environ.get("DESKHOUSE_UI_HOSTS", "")))
        uvicorn.run(guarded, host=HOST, port=port, log_level="warning")


if __name__ == "__main__":
    main()
