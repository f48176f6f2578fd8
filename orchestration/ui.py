"""``make ui``: Dagster with the history of ``DESKHOUSE_HOME`` and the dashboard, both on loopback behind our guard.

``dagster dev`` accepts any host name and changes by GET, so any page open in the same browser could start runs. Its
parts are started here instead: the daemon as it is, the web server inside :class:`orchestration.guard.Guard`.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ingestion.errors import ConfigurationError
from orchestration.dagster_instance import prepare_instance
from orchestration.dashboard.serving import HOST, refuse_taken
from orchestration.dashboard.serving import PORT as DASHBOARD_PORT
from orchestration.guard import Guard, own_hosts
from orchestration.manifest import prepared_manifest
from orchestration.permissions import close_to_others, protect_home
from orchestration.settings import PROJECT_DIR, load_dotenv_file, read_settings

_WORKSPACE = "workspace.yaml"
_POLL_MILLISECONDS = 2000
_STOP_SECONDS = 60


def main() -> None:
    """Prepare the dbt manifest and Dagster's folder, then serve until interrupted."""
    parser = argparse.ArgumentParser(description=f"Dagster and the dashboard on {HOST}.")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--dashboard-port", type=int, default=DASHBOARD_PORT)
    given = parser.parse_args()
    port, dashboard_port = given.port, given.dashboard_port
    close_to_others()
    load_dotenv_file()
    settings = read_settings()
    try:
        refuse_taken(port, f'make ui ARGS="--port {port + 1}"')
        refuse_taken(dashboard_port, f'make ui ARGS="--dashboard-port {dashboard_port + 1}"')
        protect_home(settings.home, settings.published_dir)
    except ConfigurationError as error:
        sys.exit(f"error: {error}")
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    os.environ["DAGSTER_HOME"] = str(prepare_instance(settings))
    prepared_manifest()
    os.chdir(PROJECT_DIR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt), _daemon(), _dashboard(dashboard_port):
        _serve(port)


@contextmanager
def _daemon() -> Iterator[None]:
    """Dagster's daemon, which starts what the schedules ask for, as long as the block lasts."""
    with _child("-m", "dagster._daemon", "run", "-w", _WORKSPACE):
        yield


@contextmanager
def _dashboard(port: int) -> Iterator[None]:
    """The dashboard in a process of its own, which says its address, as long as the block lasts."""
    with _child("-m", "orchestration.cli", "dashboard", "--port", str(port)):
        yield


@contextmanager
def _child(*arguments: str) -> Iterator[None]:
    child = subprocess.Popen([sys.executable, *arguments])
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
    # Dagster 1.13 has no public way to hand its web server to somebody else's: its command serves by itself, without a
    # guard, and the one function that gives the application wants this context, which only private modules have.
    # ``test_guard`` serves the same application, and the type check knows the names, should a version move them.
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
