"""What was imported before stays as long as the process: nobody searches it for garbage, and forks share its pages.

Imported last by the fork server of ``warm``.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
