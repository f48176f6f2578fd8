"""``python -m ingestion.simulator``: serve the simulated vendors; options as JSON on standard input.

Used by :func:`ingestion.simulator.process.running_simulator_process`. The first line of standard output is a JSON
object with the vendors' base addresses; the process ends when its standard input closes.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from ingestion.simulator.kept_world import told_world
from ingestion.simulator.landing.export import Desk
from ingestion.simulator.landing.told import tell_sheets
from ingestion.simulator.process import options_from_json
from ingestion.simulator.server import Servers


def main() -> None:
    """Read options, serve, stop when the parent goes away."""
    request = json.loads(sys.stdin.readline())
    options = options_from_json(request["options"])
    world = told_world(options, Path(request["keep_in"]) if request["keep_in"] else None)
    servers = Servers(options, request["host"], request["ports"], world)
    # The world never dies in this process: keep the collector from walking it at every full collection.
    gc.freeze()
    if request["landing_folder"]:
        at = options.as_of or datetime.now(UTC)
        folder = Path(request["landing_folder"])
        tell_sheets(servers.world, folder, at, (Desk(request["helpdesk"]),))
    sys.stdout.write(json.dumps(servers.urls) + "\n")
    sys.stdout.flush()

    def wait_for_parent() -> None:
        sys.stdin.read()
        servers.stop()

    threading.Thread(target=wait_for_parent, daemon=True).start()
    servers.run_forever()


if __name__ == "__main__":
    main()
