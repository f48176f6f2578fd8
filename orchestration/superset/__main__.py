"""``make superset``: install, prepare, import, serve on loopback until interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import suppress

from ingestion.errors import ConfigurationError
from orchestration.dashboard.serving import HOST, refuse_taken
from orchestration.permissions import close_to_others, protect_home
from orchestration.settings import Settings, load_dotenv_file, read_settings
from orchestration.superset import environment, serving, store
from orchestration.terminal import Terminal


def main() -> None:
    """Bring Superset up over the publication; run again, it updates what it finds."""
    parser = argparse.ArgumentParser(description=f"Superset over the published marts, on {HOST}.")
    parser.add_argument("--port", type=int, default=serving.PORT)
    port = parser.parse_args().port
    close_to_others()
    load_dotenv_file()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        settings = read_settings()
        store.require_publication(settings)
        refuse_taken(port, f'make superset ARGS="--port {port + 1}"')
        protect_home(settings.home, settings.published_dir)
        ready(settings)
        with suppress(KeyboardInterrupt), serving.served(settings.home, port) as child:
            password = store.folder(settings.home) / store.PASSWORD_FILE
            say(f"Superset on {serving.address(port)} (stop with Ctrl-C)")
            say(f"Log in as {store.USER}; the password stands in {password}")
            if child.wait():
                raise ConfigurationError(
                    f"Superset ended by itself: the reason stands in {store.folder(settings.home) / serving.LOG}."
                )
    except ConfigurationError as error:
        sys.exit(f"error: {error}")


def ready(settings: Settings) -> None:
    """Install where needed, then bring Superset's store up to date.

    Raises:
        ConfigurationError: one of the two failed.
    """
    if not environment.is_installed():
        say(f"Installing Superset in {environment.ENVIRONMENT}, which takes some minutes once.")
        environment.install()
    say("Bringing Superset's store up to date and importing datasets, charts and dashboard.")
    store.prepare(settings)


def say(line: str) -> None:
    """A line for whoever waits."""
    Terminal().line(line)


if __name__ == "__main__":
    main()
