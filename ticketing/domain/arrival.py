"""What a channel hands over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ticketing.domain.attachments import Attached
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Channel


class Kind(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    EDIT = "edit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One inbound message with the safety net's finding on it."""

    channel: Channel
    #: The channel's own, stable name of the person; for the web a hash of a random token.
    peer: str
    #: Unique within (channel, peer); a second arrival with the same one is a redelivery.
    external_id: str
    kind: Kind
    text: str
    finding: Finding
    #: What the channel told besides the text (file ids, coordinates); JSON values only.
    payload: Mapping[str, str | int | float] = field(default_factory=dict)
    #: The file that came with it.
    attached: Attached | None = None
