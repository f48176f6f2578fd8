"""``make ui``: the Dagster user interface on loopback, with the history of ``DESKHOUSE_HOME``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from orchestration.dagster_instance import prepare_instance
from orchestration.manifest import prepared_manifest
from orchestration.settings import PROJECT_DIR, load_dotenv_file, read_settings


def main() -> None:
    """Prepare the dbt manifest and Dagster's folder, then become ``dagster dev``."""
    parser = argparse.ArgumentParser(description="Dagster on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=3000)
    given = parser.parse_args()
    load_dotenv_file()
    settings = read_settings()
    os.environ["DESKHOUSE_HOME"] = str(settings.home)
    os.environ["DAGSTER_HOME"] = str(prepare_instance(settings))
    prepared_manifest()
    sys.stdout.write(f"Dagster on http://127.0.0.1:{given.port} (stop with Ctrl-C)\n")
    sys.stdout.flush()
    os.chdir(PROJECT_DIR)
    dagster = Path(sys.executable).parent / "dagster"
    arguments = ["dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(given.port)]
    os.execv(dagster, [str(dagster), *arguments])  # noqa: S606 - this process becomes Dagster


if __name__ == "__main__":
    main()
