"""``python -m ingestion.sources.zendesk``: load this source alone into the warehouse under DESKHOUSE_HOME."""

from __future__ import annotations

import sys

from ingestion.sources.alone import load_alone

if __name__ == "__main__":
    sys.exit(load_alone("zendesk"))
