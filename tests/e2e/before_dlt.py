"""What the fork server imports first: dlt settles where its settings lie when it is imported, once for all forks."""

import os

from ingestion.config import PACKAGE_DIR

os.environ["DLT_PROJECT_DIR"] = str(PACKAGE_DIR)
