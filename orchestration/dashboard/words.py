"""Words for the codes of the published tables, English here, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from orchestration.presenting import words
from orchestration.presenting.languages import Language

DOMAINS = ("dashboard", "kpis", "checks", "rules")
"""Catalogs of the dashboard: its own texts, and what the warehouse says of KPIs, checks and marketplaces."""


def N_(text: str) -> str:
    """Mark a text that is translated where it is shown."""
    return text


_LOOKS: Mapping[str, tuple[str, str]] = {
    "green": ("green", "●"),
    "amber": ("amber", "▲"),
    "red": ("red", "■"),
}
STATUSES: Mapping[str, tuple[str, str, str]] = {
    code: (*_LOOKS.get(code, ("grey", "–")), said) for code, said in words.STATUSES.items()
}
"""Colour, sign and word of each status; a colour never stands alone."""

BAND_COLOURS: Mapping[str, str] = {
    "above": "green",
    "in_range": "blue",
    "below": "red",
    "insufficient": "grey",
}
CODES: Mapping[str, str] = {
    **words.TRENDS,
    **words.VERDICTS,
    **words.BANDS,
    **words.LAYERS,
    **words.CLOCKS,
    **words.SCOPES,
    **words.ACTION_STATES,
    **words.SEVERITIES,
    "effective": N_("effective"),
    "not proven": N_("not proven"),
    "at_risk": N_("at risk"),
    "shift_bad": N_("lasting shift for the worse"),
    "shift_good": N_("lasting shift for the better"),
    "outlier_bad": N_("unusually bad month"),
    "outlier_good": N_("unusually good month"),
    "provisional": N_("provisional"),
    "frozen": N_("closed"),
    "restated": N_("restated"),
    "obligation": N_("case"),
    "source": N_("source"),
    "warning": N_("warning"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "unknown": N_("unknown"),
    "none": N_("none"),
}
CUSTOMERS: Mapping[str, str] = {
    "consumer": N_("consumers"),
    "business": N_("business customers"),
    "vip": N_("VIP"),
    "unknown": N_("unknown"),
}
"""Apart from the other codes: a business customer and business hours have one code."""
PLATFORMS: Mapping[str, str] = {
    "amazon": "Amazon",
    "ebay": "eBay",
    "walmart": "Walmart",
    "etsy": "Etsy",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "vk": "VK",
    "x": "X",
    "google_reviews": N_("Google reviews"),
    "webshop": N_("web shop"),
    "phone": N_("phone"),
    "chat": N_("chat"),
    "email": N_("e-mail"),
    "other": N_("other"),
}
"""Names of platforms are proper names; what is none is translated."""
FLAGS: Mapping[str, str] = {
    "slow_first_reply": N_("Slow first reply"),
    "slow_on_platform": N_("Slow on one platform"),
    "high_aht_reason": N_("Long handling of a top reason"),
    "low_fcr_reason": N_("A reason often needs a second contact"),
    "reopen_outlier": N_("Many reopened"),
    "macro_unused": N_("Macro rarely used"),
    "retag_outlier": N_("Reasons often corrected"),
    "holds_unanswered": N_("Handed on without reply"),
    "quality_below_min": N_("Quality below minimum"),
    "knowledge_gap": N_("Knowledge gap"),
    "overload": N_("Overload: staffing, not coaching"),
    "recognition": N_("Recognition"),
}
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "normal": ("green", N_("Normal: speed is inside its own limits.")),
    "explained_by_volume": ("amber", N_("Slower, and explained by more work per person.")),
    "explained_by_staffing": ("amber", N_("Slower, and explained by fewer people than planned.")),
    "unexplained": ("red", N_("Slower than load and staffing explain: look case by case.")),
    "suspicious_gain": (
        "red",
        N_("Faster while more was closed without reply: look at the closings."),
    ),
    "insufficient": ("grey", N_("Too few days to compare with.")),
}
VERDICTS: Mapping[str, tuple[str, str, str]] = {
    code: (colour, words.VERDICTS[code], said) for code, (colour, said) in _SENTENCES.items()
}
"""Colour, short word and sentence of each verdict."""
FIX_STATUS: Mapping[str, str] = {
    "planned": N_("planned"),
    "live": N_("live"),
    "stopped": N_("stopped"),
}
GROUPS: Mapping[str, str] = {
    "A": N_("Service levels and speed"),
    "B": N_("Quality"),
    "C": N_("Cost and demand"),
    "D": N_("Agent activity and audit"),
    "E": N_("Reasons and macros"),
    "F": N_("Marketplace health"),
    "G": N_("Data quality"),
}
ACTIONS: Mapping[str, str] = {
    "reason_change": N_("reason changed"),
    "tag_added": N_("tag added"),
    "tag_removed": N_("tag removed"),
    "status_change": N_("status changed"),
    "author_blocked": N_("author blocked"),
    "marked_no_reply_needed": N_("marked as needing no reply"),
    "marked_spam": N_("marked as spam"),
    "unmarked_spam": N_("unmarked as spam"),
    "merged": N_("merged"),
    "split": N_("split"),
    "reply_sent": N_("reply sent"),
    "internal_note_written": N_("internal note written"),
    "message_hidden": N_("message hidden"),
    "message_deleted": N_("message deleted"),
    "message_edited": N_("message edited"),
    "deleted": N_("ticket deleted"),
    "restored": N_("ticket restored"),
    "assignee_change": N_("assignee changed"),
    "team_change": N_("team changed"),
    "priority_change": N_("priority changed"),
}
HOLDERS: Mapping[str, str] = {
    "queue": N_("waiting in the queue"),
    "sync_lag": N_("not yet in the helpdesk"),
    "agent": N_("with an agent"),
    "bot": N_("with the bot"),
    "closed": N_("closed unanswered"),
    "third_party": N_("waiting for a third party"),
    "customer": N_("waiting for the customer"),
}
TRIGGERS: Mapping[str, str] = {
    "red": words.STATUSES["red"],
    "streak": N_("off target for months"),
    "signal": N_("control chart signal"),
    "alert": N_("alert"),
    "restatement": N_("restatement"),
    "idea": N_("idea"),
}
DECISIONS: Mapping[str, str] = {
    "coaching": N_("coaching"),
    "staffing": N_("staffing"),
    "routing": N_("routing"),
    "process_fix": N_("process fix"),
    "macro_or_training": N_("macro or training"),
    "upstream_fix": N_("fix at the cause"),
    "target_change": N_("target change"),
    "definition_change": N_("definition change"),
    "policy_change": N_("policy change"),
    "data_fix": N_("data fix"),
    "accept_risk": N_("accept the risk"),
}


def word(own: Language, code: object, kind: Mapping[str, str] = CODES) -> str:
    """A code in the reader's language; one that has no word with spaces between its parts, empty for null."""
    if code is None or code is pd.NA or code != code:
        return ""
    text = str(code)
    return own.text(kind[text]) if text in kind else own.coded(text)
