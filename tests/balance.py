"""Which worker runs what, and in which order: no core waits for what another builds, or for a last long file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

FOLDER = Path(__file__).parent
_SECOND_COMPUTATION = "the second computation of the simulated seller"
_LONG_ONES = (
    # the two worlds that many files read are built first, one by each worker
    _SECOND_COMPUTATION,
    "acceptance/test_order_and_repetition.py",
    # tells what the files about recovery, forgetting, keys and later looks copy: they come later, so that none waits
    "e2e/test_month_close.py",
    # builds what the file about a vendor that is gone copies, as the files of exports build that of the tenants
    "e2e/test_two_helpdesks.py",
    "property/test_random_worlds.py",
    "e2e/test_landing_profiles.py",
    "e2e/test_one_vendor_down.py",
    "property/",
    "e2e/test_closed_for_good.py",
    "e2e/test_person_keys.py",
    "e2e/test_forget.py",
    "e2e/",
    "acceptance/test_dbt_tests.py",
    "dashboard/test_browser.py",
    "ingestion/amazon/",
)
"""Minutes first, the longest before others; all that is not named takes seconds."""


class OneWorkerAFile(LoadScopeScheduling):  # type: ignore[misc]
    """A file goes to one worker, and so do all files that would compute the simulated seller a second time."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(Path(nodeid.split("::", 1)[0]))


def group_of(file: Path) -> str:
    """What a file of tests goes to a worker with; its own path for nearly all.

    The numbers of the second computation are kept in the process that computed them, which takes minutes.

    Args:
        file: relative to the root of the project, or whole.
    """
    return _group(file.as_posix().rpartition("tests/")[2])


@cache
def _group(place: str) -> str:
    is_shared = place.startswith("oracle/") and "simulated_warehouse" in (
        (FOLDER / place).read_text(encoding="utf-8")
    )
    return _SECOND_COMPUTATION if is_shared else place


def rank(file: Path) -> int:
    """Place of a file's group in the order of the session."""
    group = group_of(file)
    found = (place for place, long in enumerate(_LONG_ONES) if group.startswith(long))
    return next(found, len(_LONG_ONES))
