"""A Telegram message as the gateway takes it."""

from collections.abc import Mapping

from telegram import Contact, Location, Message, Venue

from bot.messages import InboundMessage
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import Attached, Sort, tidy_name
from ticketing.domain.vocabulary import Channel

type Payload = dict[str, str | int | float]


def inbound_of(message: Message, *, is_edit: bool) -> InboundMessage:
    """The message with its kind, its text or caption, and what else the channel told.

    An edit is a message of its own, named by the instant of the edit: what was said first stays said.
    """
    kind, payload = _content(message)
    text = message.text or message.caption or ""
    if is_edit:
        payload = {**payload, "of": str(message.message_id), "was": kind.value}
    return InboundMessage(
        channel=Channel.TELEGRAM,
        peer=str(message.chat.id),
        external_id=_external_id(message, is_edit=is_edit),
        kind=Kind.EDIT if is_edit else kind,
        text=text,
        payload=payload,
        attached=_attached(message),
    )


def _external_id(message: Message, *, is_edit: bool) -> str:
    first = f"{message.chat.id}:{message.message_id}"
    edited_at = message.edit_date if is_edit else None
    return first if edited_at is None else f"{first}:{int(edited_at.timestamp())}"


def _content(message: Message) -> tuple[Kind, Payload]:
    sound = message.voice or message.audio or message.video_note
    if message.text:
        return Kind.TEXT, {}
    if message.photo:
        return Kind.PHOTO, {"file_id": message.photo[-1].file_id}
    if sound is not None:
        return Kind.VOICE, {"file_id": sound.file_id}
    return _told_without_words(message)


def _told_without_words(message: Message) -> tuple[Kind, Payload]:
    if message.location is not None:
        return Kind.LOCATION, _where(message.location, message.venue)
    if message.contact is not None:
        return Kind.CONTACT, _whom(message.contact)
    if message.sticker is not None:
        return Kind.STICKER, {"emoji": message.sticker.emoji or ""}
    return Kind.OTHER, _file(message)


def _where(location: Location, venue: Venue | None) -> Payload:
    found: Payload = {"latitude": location.latitude, "longitude": location.longitude}
    return found if venue is None else found | {"title": venue.title, "address": venue.address}


def _whom(contact: Contact) -> Payload:
    names = (contact.last_name, contact.first_name)
    return {"phone": contact.phone_number, "name": "".join(filter(None, names))}


def _file(message: Message) -> Payload:
    attached: Mapping[str, str | None] = {
        "file_id": message.document.file_id if message.document else None,
        "video_id": message.video.file_id if message.video else None,
    }
    return {key: value for key, value in attached.items() if value}


def _attached(message: Message) -> Attached | None:
    """The file of a message, to be fetched under the name that Telegram gives it."""
    if message.photo:
        # The last one is the largest.
        return Attached(Sort.PICTURE, message.photo[-1].file_id)
    sound, video, paper = (
        message.voice or message.audio,
        message.video or message.video_note,
        message.document,
    )
    if sound is not None:
        return Attached(Sort.SOUND, sound.file_id)
    if video is not None:
        return Attached(Sort.VIDEO, video.file_id)
    if paper is not None:
        return Attached(Sort.PAPER, paper.file_id, tidy_name(paper.file_name or ""))
    return None
