"""Pulls raw data into the warehouse: dlt sources of helpdesks and marketplaces, landing files, simulated vendors."""

import os
from pathlib import Path

# dlt reads these when it is first imported, so nothing later can set them: where its committed configuration lies, and
# that it does not report home (an offline run would wait for it).
os.environ.setdefault("DLT_PROJECT_DIR", str(Path(__file__).parent))
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
