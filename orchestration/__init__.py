"""Draws and drives the pipeline: Dagster definitions, publishing, the ``deskhouse`` command."""

import os

import ingestion  # noqa: F401 - dlt's settings stand before any library here imports dlt

# Libraries read these when they are first imported, so nothing later can set them: none of them reports home (an
# offline run would wait for it).
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
