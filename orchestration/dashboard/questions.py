"""The sixteen questions that the warehouse was built for (catalogue §14): each is named by the page that answers it."""

from __future__ import annotations

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import Safe, tag
from orchestration.dashboard.words import N_

QUESTIONS: dict[int, tuple[str, str]] = {
    1: ("agents", N_("Which agents meet the eBay promises?")),
    2: ("agents", N_("How do agents perform on each marketplace?")),
    3: ("agents", N_("Which agents meet the promises week after week?")),
    4: ("agents", N_("Who may need coaching?")),
    5: ("channels", N_("What share of tickets was handled within the thresholds?")),
    6: ("channels", N_("Does the clock start with the customer or when somebody takes the case?")),
    7: (
        "channels",
        N_("How are missed contacts counted, and what if they were counted otherwise?"),
    ),
    8: (
        "staffing",
        N_("How many contacts did people handle, and how many does it take to solve a request?"),
    ),
    9: ("agents", N_("Who answers fast but closes many conversations without an answer?")),
    10: ("speed", N_("Reaction got slower: was it more work, or should we look closer?")),
    11: ("log", N_("Who deleted a comment, and what was answered?")),
    12: ("reasons", N_("What are the top five reasons?")),
    13: ("reasons", N_("Which top reason takes long, so that training or a macro is missing?")),
    14: ("reasons", N_("Which macros are used most, and what do they resolve?")),
    15: ("reasons", N_("Do many tracking tickets mean that the tracking rate is defective?")),
    16: ("governance", N_("Who answers for each KPI, and what was decided last month?")),
}
"""Page and question by number."""
BOTTLENECKS = N_("Where are the bottlenecks between channels?")
"""The second half of the fourth, on the page of the channels."""


def heading(context: Context, number: int) -> Safe:
    """The question as a heading of the page that answers it."""
    return tag("h2", context.say(QUESTIONS[number][1]))
