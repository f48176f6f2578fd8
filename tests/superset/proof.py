"""``make superset-proof``: the dashboard of Superset renders in headless Chromium and shows the governed numbers.

Works on a private copy of what is published, in a home of its own: the store is made from nothing, prepared a second
time, served, looked at, and then a second publication is put in its place under the running server.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from ingestion.errors import ConfigurationError
from orchestration.permissions import close_to_others
from orchestration.settings import Settings, load_dotenv_file, read_settings
from orchestration.superset import serving, store
from orchestration.superset.__main__ import ready, say
from tests.dashboard.browsing import browser, chromium, free_port
from tests.superset import looking, numbers


def main() -> None:
    """Prove it, or end with what is wrong."""
    parser = argparse.ArgumentParser(
        description="Proves Superset's dashboard over what is published."
    )
    parser.add_argument("--picture", type=Path, help="Where the picture goes.")
    picture = parser.parse_args().picture
    close_to_others()
    load_dotenv_file()
    settings = read_settings()
    paths = chromium()
    if paths is None:
        sys.exit(
            "error: Chromium and its driver are missing: apt-get install chromium chromium-driver."
        )
    try:
        store.require_publication(settings)
        with tempfile.TemporaryDirectory(prefix="deskhouse-superset-") as folder:
            copy = replace(settings, home=Path(folder))
            publish(copy.home, "one", settings.marts_file)
            prove(copy, paths, picture or store.folder(settings.home) / "proof.png")
    except ConfigurationError as error:
        sys.exit(f"error: {error}")
    except AssertionError as error:
        sys.exit(f"not proven: {error}")


def prove(settings: Settings, paths: tuple[str, str], picture: Path) -> None:
    """Prepare twice, look, publish again, look again."""
    ready(settings)
    first = stored(settings.home)
    ready(settings)
    assert stored(settings.home) == first, "a second import made other things than the first"
    port = free_port()
    with serving.served(settings.home, port), browser(paths) as window:
        looking.log_in(window, port, settings.home)
        shown = looking.dashboard(window, port, settings.home)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(base64.b64decode(window.picture()))
        for line in numbers.compared(shown, settings.marts_file):
            say(line)
        for scope_type, name in numbers.scopes(settings.marts_file):
            narrowed = looking.dashboard(window, port, settings.home, **{scope_type: name})
            say(numbers.filtered(narrowed, scope_type, name, settings.marts_file))
        publish(settings.home, "two", settings.marts_file)
        numbers.spoil(settings.home / "published" / "versions" / "two" / "marts.duckdb")
        point_to(settings.home, "two")
        numbers.assert_spoilt(looking.dashboard(window, port, settings.home))
        say("A new publication is seen without restarting Superset.")
    say(
        f"{len(shown)} charts rendered without an error or a request to anybody else; picture: {picture}"
    )


def stored(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """What Superset's store holds of us, by table."""
    with sqlite3.connect(store.folder(home) / "superset.db") as connection:
        return {
            table: connection.execute(f"select id, uuid from {table} order by id").fetchall()
            for table in ("dbs", "tables", "slices", "dashboards", "table_columns", "sql_metrics")
        }


def publish(home: Path, version: str, marts: Path) -> None:
    """Lay a copy of published marts beside the other versions; the first one becomes the current."""
    target = home / "published" / "versions" / version
    target.mkdir(parents=True)
    shutil.copyfile(marts, target / "marts.duckdb")
    link = home / "published" / "marts.duckdb"
    if not link.is_symlink():
        link.symlink_to("current/marts.duckdb")
        point_to(home, version)


def point_to(home: Path, version: str) -> None:
    """Replace the link in one instant, as a publication does."""
    fresh = home / "published" / "fresh"
    fresh.symlink_to(f"versions/{version}")
    fresh.replace(home / "published" / "current")


if __name__ == "__main__":
    main()
