"""Customers as the helpdesk knows them: end users with stable ids."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

FIRST_END_USER_ID = 1_000_000_000_000
_COUNTRY = {"it": "IT", "de": "DE", "en": "GB"}
_REGION = {"IT": "south", "DE": "central", "GB": "north"}


@dataclass(slots=True)
class EndUser:
    """A buyer with a helpdesk user, first seen at an epoch second; unknown = deleted from the user list."""

    user_id: int
    platform: str
    buyer_id: str
    language: str
    customer_type: str
    first_seen: int
    is_known: bool = True

    @property
    def country(self) -> str:
        """ISO country of the buyer."""
        return _COUNTRY[self.language]

    @property
    def region(self) -> str:
        """Sales region of the buyer."""
        return _REGION[self.country]


def user_id_of(platform: str, buyer_id: str) -> int:
    """Stable helpdesk user id of a buyer (fits a double)."""
    digest = blake2b(f"{platform}|{buyer_id}".encode(), digest_size=6).digest()
    return FIRST_END_USER_ID + int.from_bytes(digest, "big")


class Buyers:
    """Registry of the end users met while the world is told."""

    def __init__(self) -> None:
        self.by_id: dict[int, EndUser] = {}

    def meet(
        self, platform: str, buyer_id: str, language: str, at: int, *, is_business: bool = False
    ) -> EndUser:
        """The end user of a buyer, created at the first contact."""
        user_id = user_id_of(platform, buyer_id)
        user = self.by_id.get(user_id)
        if user is None:
            kind = "business" if is_business else ("vip" if user_id % 29 == 0 else "consumer")
            user = EndUser(
                user_id, platform, buyer_id, language, kind, at, is_known=user_id % 101 != 0
            )
            self.by_id[user_id] = user
        elif at < user.first_seen:
            user.first_seen = at
        return user
