"""What is said inside the report form beside its answers, and what the form does then."""

from rasa_sdk.events import EventType

from actions.choices import choices
from actions.corrections import amend, amendment_in
from actions.reply import Reply
from actions.services import Services
from actions.slots import (
    ASKED_AGAIN,
    PLACE_CHOICE,
    RELATION,
    REPORT_FIELDS,
    REQUESTED,
    TICKET,
    TIME,
    Turn,
    keep,
)
from actions.wording import tell
from ticketing.domain.places import Place
from ticketing.domain.talk_words import Aside
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import Category

#: A sentence said again is known from this length on; a shorter one may happen to be the same.
_SENTENCE_CHARACTERS_MIN = 8


def ask(field: str | None) -> list[EventType]:
    """Tell Rasa which question comes next; none ends the form."""
    return keep(**{REQUESTED: field})


def ask_again(field: str) -> list[EventType]:
    """The same question once more."""
    return [*keep(**{field: None}), *ask(field)]


def which_place(reply: Reply, place: Place) -> list[EventType]:
    """Several places of one name: which is meant."""
    names = [candidate.name for candidate in place.candidates]
    reply.say("utter_ask_which_place", buttons=[*names, choices().skip])
    return ask(PLACE_CHOICE)


def worried(turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
    """Answer the worry, keep a wish with the ticket, and ask again."""
    worry = served.talk.worry(turn.text) or Aside.NEXT
    number = turn.slot(TICKET)
    if worry is Aside.SECRET and number is not None:
        served.reports.add(turn.conversation_id, text=turn.text, number=number, code=None)
    tell(turn, reply, served, worry.value)
    return ask_again(field)


def person(turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
    """Call a person at once; the form stays open for those who like to go on meanwhile."""
    given = served.reports.open_report(turn.conversation_id, category=Category.HUMAN, text=turn.text)
    if given.new:
        reply.say("utter_opened_human", number=given.number, code=given.code)
    else:
        tell(turn, reply, served, "person_coming")
    tell(turn, reply, served, "person_called")
    return ask_again(field)


def corrected(turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType] | None:
    """Put right what was said before, then ask on; None: it is an answer after all."""
    told = {name: turn.slots.get(name) for name in REPORT_FIELDS if name != field}
    amendment = amendment_in(turn, served, told=told)
    number = turn.slot(TICKET)
    if amendment is None or number is None:
        return None
    if not amendment.value:
        tell(turn, reply, served, "tell_again")
        return ask_again(amendment.field.value) if amendment.field.value in REPORT_FIELDS else []
    place = served.reports.place_named(amendment.value) if amendment.field is Field.PLACE else None
    if place is not None and place.is_ambiguous:
        known = keep(**{Field.PLACE.value: amendment.value, PLACE_CHOICE: None})
        return [*known, *which_place(reply, place)]
    return amend(turn, reply, served, number=number, amendment=amendment)


def asked_already(turn: Turn, field: str) -> bool:
    """Whether this question was repeated once."""
    return turn.slot(ASKED_AGAIN) == field


def once_more(turn: Turn, reply: Reply, served: Services, *, field: str, key: str) -> list[EventType]:
    """Say ``talk.<key>`` and ask once more; the second time in a row the question is left open."""
    tell(turn, reply, served, key)
    return [*ask_again(field), *keep(**{ASKED_AGAIN: field})]


def is_repeated(turn: Turn, served: Services, field: str) -> bool:
    """Whether the message is word for word what was said before, as an answer or as the report itself."""
    text = turn.text.strip()
    if len(text) < _SENTENCE_CHARACTERS_MIN or field == Field.WHAT:
        return False
    # The slot of the question that is open holds this very message already.
    if any(turn.slots.get(name) == text for name in REPORT_FIELDS if name != field):
        return True
    view = served.reports.current(turn.conversation_id)
    return view is not None and view.fields.get(Field.DETAIL) == text


def note(turn: Turn, served: Services, number: str | None) -> None:
    """Keep whom it is about and when it was, where the message tells."""
    relation, told_time = turn.entity(RELATION), turn.entity(TIME)
    if number is not None and (relation or told_time):
        served.reports.note(turn.conversation_id, number, relation=relation, told_time=told_time)
