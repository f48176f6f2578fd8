"""Draws and drives the pipeline: Dagster definitions, publishing, the ``deskhouse`` command."""

import os
from pathlib import Path

# Libraries read these when they are first imported, so nothing later can set them: where dlt's committed configuration
# lies, and that none of them reports home (an offline run would wait for it).
os.environ.setdefault("DLT_PROJECT_DIR", str(Path(__file__).parent.parent / "ingestion"))
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
