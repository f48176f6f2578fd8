"""Border one for landing files: what somebody put into the folder is in force, or is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.batches import Circumstances, Suite, meaning, suite_of
from expectations.suites.raw import has_table

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite
    from great_expectations.expectations import Expectation

_OWNER = "data_owner"


def files_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per thing in the landing folder: is it lost, ignored or unread, and refused lines of rule sheets."""
    if not has_table(connection, "raw_landing", "landing_files"):
        return "select '' as file_name, 0 as is_lost, 0 as is_ignored, 0 as is_unread, 0 as refused_rules where false"
    return """
        select file_name || coalesce(' (' || reason || ')', '') as file_name,
            case when is_lost then 1 else 0 end as is_lost,
            case when state = 'ignored' then 1 else 0 end as is_ignored,
            case when state = 'unread' then 1 else 0 end as is_unread,
            case when kind <> 'event' then rows_refused else 0 end as refused_rules
        from raw_landing.landing_files
    """


def files_suite() -> ExpectationSuite:
    """Every file of the landing folder is in force, or somebody is told which is not."""
    from great_expectations import expectations as gxe

    def none(column: str, severity: str, *words: str) -> Expectation:
        name, why, action = words
        return gxe.ExpectColumnValuesToBeBetween(
            column=column, max_value=0, severity=severity, meta=meaning(name, _OWNER, why, action)
        )

    return suite_of(
        "raw_landing__landing_files",
        [
            none(
                "is_lost",
                "critical",
                "every_file_was_read",
                "A file of which nothing could be loaded is missing from every number, and no count shows it.",
                "correct the file as its reason says (or take it out of the landing folder) and run again",
            ),
            none(
                "refused_rules",
                "warning",
                "rule_sheets_are_whole",
                "Lines of a rule sheet or reference list are refused; their last good version stays in force, which "
                "may not be what its keeper wants by now.",
                "correct the lines named in data_quality.quarantined_records and run again",
            ),
            none(
                "is_unread",
                "warning",
                "reference_sheets_are_read",
                "A reference sheet could not be read; what was loaded before stays in force.",
                "correct the file as its reason says and run again",
            ),
            none(
                "is_ignored",
                "warning",
                "everything_in_the_folder_is_ours",
                "Something in the landing folder is read by nobody; whoever put it there believes otherwise.",
                "rename it after its canonical table (deskhouse doctor names the nearest), or take it out",
            ),
        ],
    )


SUITES = (
    Suite(
        "raw_landing__landing_files",
        "raw",
        "raw_landing",
        "landing_files",
        "file_name",
        (),
        files_query,
        files_suite,
    ),
)
