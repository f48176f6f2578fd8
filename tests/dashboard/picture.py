"""``make pictures``: the pictures of the README, taken from the dashboard of the publication in ``DESKHOUSE_HOME``."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path

from tests.dashboard.browsing import answers, browser, chromium, free_port

LOOPBACK = "127.0.0.1"
ROOT = Path(__file__).parents[2]
PICTURES = {"": "overview.png"}
"""Files in ``docs/pictures`` by page."""
_WIDTH = 1280


def main() -> None:
    """Serve the dashboard for a moment and take the pictures."""
    paths = chromium()
    if paths is None:
        sys.exit(
            "error: Chromium and its driver are missing: apt-get install chromium chromium-driver."
        )
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "orchestration.cli", "dashboard", "--port", str(port)]
    served = subprocess.Popen(command, cwd=ROOT)
    try:
        answers(f"http://{LOOPBACK}:{port}/")
        with browser(paths) as window:
            for page, name in PICTURES.items():
                window.open(f"http://{LOOPBACK}:{port}/{page}", _WIDTH)
                # charts come after the texts
                time.sleep(2)
                (folder / name).write_bytes(base64.b64decode(window.picture()))
                sys.stdout.write(f"{folder / name}\n")
    finally:
        served.terminate()
        served.wait()


if __name__ == "__main__":
    main()
