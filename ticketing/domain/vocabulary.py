"""The closed sets of words that every floor shares; the slugs are an interface and never change meaning."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Risk(StrEnum):
    """How fast a person must act."""

    #: Life or bodily safety is in danger now or at any moment.
    EMERGENCY = "emergency"
    #: Harm was done, or basic living has broken down, but life is not in danger this minute.
    URGENT = "urgent"
    #: Nothing that a person must act on at once.
    NONE = "none"

    @property
    def rank(self) -> int:
        """Larger is graver: 0 none, 1 urgent, 2 emergency."""
        return _RANK[self]


_RANK: Mapping[Risk, int] = MappingProxyType({Risk.NONE: 0, Risk.URGENT: 1, Risk.EMERGENCY: 2})


class Category(StrEnum):
    """What a person must act on: it becomes a ticket."""

    CHILD_PROTECTION = "child_protection"
    SELF_HARM = "self_harm"
    DOMESTIC_VIOLENCE = "domestic_violence"
    ELDER_HARM = "elder_harm"
    URGENT_HARDSHIP = "urgent_hardship"
    HOMELESS_PERSON = "homeless_person"
    COUNSELLING = "counselling"
    LEGAL_AID = "legal_aid"
    FUNERAL_COMPLAINT = "funeral_complaint"
    SERVICE_REQUEST = "service_request"
    COMPLAINT = "complaint"
    OTHER_DEPARTMENT = "other_department"
    HUMAN = "human"


#: The categories whose messages tell of a person in danger or harmed.
AT_RISK_CATEGORIES = frozenset(
    {
        Category.CHILD_PROTECTION,
        Category.SELF_HARM,
        Category.DOMESTIC_VIOLENCE,
        Category.ELDER_HARM,
        Category.URGENT_HARDSHIP,
        Category.HOMELESS_PERSON,
    }
)


class Channel(StrEnum):
    """Where a message came in."""

    WEB = "web"
    TELEGRAM = "telegram"
    WECHAT = "wechat"
    PHONE = "phone"
    CLI = "cli"
    #: A worker's own find on his rounds; nobody wrote or rang.
    DISCOVERY = "discovery"


class Talk(StrEnum):
    """What a message does when it is neither a question of policy nor something to act on."""

    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    #: Asks about, adds to, withdraws or rates an own ticket.
    TICKET_PROGRESS = "ticket_progress"
    CHITCHAT = "chitchat"
    UNCLEAR = "unclear"
