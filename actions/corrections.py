"""Putting right what was said before, in the form and after it: the place, the number, the person."""

from collections.abc import Mapping
from dataclasses import dataclass

from rasa_sdk.events import EventType

from actions.choices import form_plan
from actions.reply import Reply
from actions.services import Services
from actions.slots import AGE, CORRECTING, PHONE, RELATION, REPORT_FIELDS, SKIPPED, TIME, Turn, keep
from actions.wording import tell
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.talk_words import Correction
from ticketing.domain.ticket import Field, TicketView

#: What "no, it is …" may be about when nothing else tells; the newest told counts.
_BY_ORDER = (Field.SINCE, Field.WHAT, Field.WHO, Field.SAFE_NOW)
#: A right value that was asked for is no longer than this.
_VALUE_CHARACTERS_MAX = 40
_REACHABLE_DIGITS_MIN = 5


@dataclass(frozen=True, slots=True)
class Amendment:
    """Field and what is right; an empty value is still to be asked for."""

    field: Field
    value: str


def amendment_in(turn: Turn, served: Services, *, told: Mapping[str, object]) -> Amendment | None:
    """What the newest message puts right; ``told`` are the answers given so far.

    None where it corrects nothing, or nobody can tell what.
    """
    correction = served.talk.correction(turn.text)
    if correction is None:
        return None
    return _named(turn, served, correction) or _unnamed(correction, told)


def amend(
    turn: Turn, reply: Reply, served: Services, *, number: str, amendment: Amendment
) -> list[EventType]:
    """Put it right on the ticket and say so; the events say what the dialogue knows now."""
    outcome = served.reports.correct(
        turn.conversation_id, number, field=amendment.field, value=amendment.value
    )
    place = outcome.place
    found = place.name if place is not None and place.town is not None else ""
    # What was told may be more exact than what is known of it.
    value = max(found, amendment.value, key=len)
    key = "corrected" if outcome.replaced else "noted"
    tell(turn, reply, served, key, field=field_name(served, amendment.field), value=value)
    known = {amendment.field.value: value} if amendment.field.value in REPORT_FIELDS else {}
    return keep(**known, **{CORRECTING: None})


def put_right(turn: Turn, reply: Reply, served: Services) -> list[EventType] | None:
    """A correction, or an answer that comes late, outside any form; None: the message is something else."""
    if turn.by_gateway:
        return None
    awaited = turn.slot(CORRECTING)
    amendment = _awaited(turn, served, Field(awaited)) if awaited else None
    amendment = amendment or amendment_in(turn, served, told={}) or _late(turn, served)
    view = served.reports.current(turn.conversation_id) if amendment else None
    if amendment is None or view is None:
        return _kept_as_said(turn, reply, served)
    if not amendment.value:
        return ask_which(turn, reply, served, amendment.field)
    return amend(turn, reply, served, number=view.number, amendment=amendment)


def _kept_as_said(turn: Turn, reply: Reply, served: Services) -> list[EventType] | None:
    """A correction of which nobody can tell what it is about, and no question: staff read it as it is."""
    correction = served.talk.correction(turn.text)
    if correction is None or correction.contrasts or not correction.value or turn.questions:
        return None
    view = served.reports.current(turn.conversation_id)
    if view is None or view.status not in OPEN:
        return None
    served.reports.add(turn.conversation_id, text=turn.text, number=view.number, code=None)
    reply.say("utter_report_added", number=view.number)
    return []


def ask_which(turn: Turn, reply: Reply, served: Services, field: Field) -> list[EventType]:
    """Ask for what is right."""
    tell(turn, reply, served, "correct_which", field=field_name(served, field))
    return keep(**{CORRECTING: field.value})


def field_name(served: Services, field: Field) -> str:
    """The field as residents call it."""
    return served.texts.get(f"talk.field_{field}")


def _named(turn: Turn, served: Services, correction: Correction) -> Amendment | None:
    """The field that was called wrong, or the one that the value itself tells."""
    phone, age, relation = turn.entity(PHONE), turn.entity(AGE), turn.entity(RELATION)
    if correction.field is Field.CONTACT or (correction.field is None and phone):
        return Amendment(Field.CONTACT, phone or correction.value)
    if correction.field is Field.HAPPENED:
        return Amendment(Field.HAPPENED, _day(turn, served) or correction.value)
    if correction.field is not None:
        return Amendment(correction.field, correction.value)
    place = served.reports.place_named(correction.value)
    if place.town is not None or place.is_ambiguous:
        return Amendment(Field.PLACE, correction.value)
    if correction.contrasts and relation is not None:
        return Amendment(Field.RELATION, relation)
    return Amendment(Field.WHO, correction.value) if age is not None and correction.value else None


def _unnamed(correction: Correction, told: Mapping[str, object]) -> Amendment | None:
    """The newest answer, if the message says nothing but that it was wrong and what is right."""
    if correction.contrasts:
        return None
    answers = [field for field in _BY_ORDER if told.get(field) not in {None, SKIPPED}]
    return Amendment(answers[0], correction.value) if answers else None


def _awaited(turn: Turn, served: Services, field: Field) -> Amendment | None:
    """The right value that was asked for, unless the resident speaks of something else by now."""
    said = served.talk.value_of(turn.text)
    phone = turn.entity(PHONE)
    is_elsewhere = served.talk.asks(turn.text) or served.talk.aside(turn.text) is not None
    if is_elsewhere or not said or len(said) > _VALUE_CHARACTERS_MAX:
        return None
    if field is Field.CONTACT:
        has_digits = sum(sign.isdecimal() for sign in said) >= _REACHABLE_DIGITS_MIN
        return Amendment(field, phone or said) if phone or has_digits else None
    return Amendment(field, (_day(turn, served) or said) if field is Field.HAPPENED else said)


def _late(turn: Turn, served: Services) -> Amendment | None:
    """A bare number or place for an open ticket that has none: an answer that comes after the form."""
    phone, text = turn.entity(PHONE), turn.text.strip()
    if len(text) > form_plan().act_up_to_characters or served.talk.asks(text):
        return None
    if phone is not None and len(text) - len(phone) <= form_plan().skip_up_to_characters:
        return Amendment(Field.CONTACT, phone) if _lacks(turn, served, Field.CONTACT) else None
    place = served.reports.place_named(text)
    is_place = place.town is not None and len(served.talk.value_of(text)) <= len(place.name)
    return Amendment(Field.PLACE, text) if is_place and _lacks(turn, served, Field.PLACE) else None


def _lacks(turn: Turn, served: Services, field: Field) -> bool:
    view: TicketView | None = served.reports.current(turn.conversation_id)
    if view is None or view.status not in OPEN:
        return False
    return view.town is None if field is Field.PLACE else field.value not in view.fields


def _day(turn: Turn, served: Services) -> str:
    told = turn.entity(TIME)
    return served.reports.day_of(told) if told else ""
