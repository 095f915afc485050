"""The report form: one question at a time, every answer kept at once, nothing asked twice."""

from collections.abc import Callable, Mapping

from rasa_sdk.events import EventType

from actions.choices import form_plan
from actions.edge import HotlineAction
from actions.form_answers import Kind, is_little_more_than, kind_of, phone_out_of_turn
from actions.form_asides import (
    ask,
    ask_again,
    asked_already,
    corrected,
    is_repeated,
    note,
    once_more,
    person,
    which_place,
    worried,
)
from actions.policy import answer_all, asked_in
from actions.rating import rate
from actions.reply import Reply
from actions.report import begin_report
from actions.services import Services
from actions.slots import CATEGORY, CLOSING, PLACE_CHOICE, REQUESTED, SKIPPED, TICKET, TOPIC, Turn, keep
from actions.wording import tell
from ticketing.domain.errors import TransitionRefused
from ticketing.domain.places import Place
from ticketing.domain.ticket import Field
from ticketing.domain.vocabulary import Category

#: Closings after which nothing more is to be said.
_SAID_ALREADY = frozenset({"refused", "taken_back", "rated"})

Handler = Callable[[Turn, Reply, Services, str], list[EventType]]


class ValidateReportForm(HotlineAction):
    """Reads each message while the form is open."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain; Rasa calls it by the form's name."""
        return "validate_report_form"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Keep the answer and say what to ask next; at the start of the form only the latter."""
        field = turn.slot(REQUESTED)
        if field is None:
            return ask(next_field(turn.slots, is_child=turn.is_child))
        kind = kind_of(turn, field, form_plan(), served.talk)
        return self._handler(kind)(turn, reply, served, field)

    def _handler(self, kind: Kind) -> Handler:
        return {
            Kind.TOLD: self._told,
            Kind.SKIPPED: self._skipped,
            Kind.STOPPED: self._stopped,
            Kind.QUESTION: self._question,
            Kind.GREETING: self._greeting,
            Kind.PROGRESS: self._progress,
            Kind.WITHDRAWN: self._withdrawn,
            Kind.RETRACTED: self._retracted,
            Kind.RATED: self._rated,
            Kind.CORRECTED: self._corrected,
            Kind.WORRIED: worried,
            Kind.NOISE: self._noise,
            Kind.ASKED: self._asked,
            Kind.NO_CONTACT: self._cannot_be_reached,
            Kind.QUIET: self._quiet,
            Kind.THANKED: self._thanked,
            Kind.REFUSED: self._refused,
            Kind.PERSON: person,
            Kind.NEW_REPORT: self._new_report,
        }[kind]

    def _told(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        if is_repeated(turn, served, field):
            tell(turn, reply, served, "repeated")
            return ask_again(field)
        note(turn, served, turn.slot(TICKET))
        phone = phone_out_of_turn(turn, field)
        if phone is not None and _keep_phone(turn, served, phone):
            return [*keep(**{Field.CONTACT.value: phone}), *ask_again(field)]
        if field == Field.CONTACT and not served.talk.is_reachable(turn.text):
            return self._no_contact(turn, reply, served, field)
        return self._kept(turn, reply, served, field)

    def _kept(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        place = _fill(turn, served, field)
        if place is not None and place.is_ambiguous and field != PLACE_CHOICE:
            return [*keep(**{field: turn.text}), *which_place(reply, place)]
        told = {field: turn.text}
        if place is not None and place.town is not None:
            told[Field.PLACE.value] = place.name
        return _after(turn, told)

    def _no_contact(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        """Words that do not tell how to be reached: they are kept, and nobody is said to be reachable."""
        number = turn.slot(TICKET)
        served.reports.add(turn.conversation_id, text=turn.text, number=number, code=None)
        if asked_already(turn, field):
            return self._skipped(turn, reply, served, field)
        return once_more(turn, reply, served, field=field, key="kept_beside")

    def _skipped(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        return _after(turn, {field: SKIPPED})

    def _stopped(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        return [*keep(**{field: SKIPPED}), *ask(None)]

    def _question(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        questions = asked_in(turn)
        answer_all(questions, reply, served, titled=True)
        return [*keep(**{field: None, TOPIC: questions[-1].topic}), *ask(field)]

    def _greeting(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        reply.say("utter_here")
        return ask_again(field)

    def _progress(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        view = served.reports.progress(turn.conversation_id, number=turn.slot(TICKET), code=None)
        reply.say("utter_progress", number=view.number, status=served.texts.get(f"status.{view.status}"))
        return ask_again(field)

    def _withdrawn(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        view = served.reports.withdraw(turn.conversation_id, number=turn.slot(TICKET), code=None)
        reply.say("utter_retracted" if view.retracted else "utter_withdrawn", number=view.number)
        return _closed(field, "taken_back")

    def _retracted(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        served.reports.retract(turn.conversation_id)
        reply.say("utter_retracted", number=turn.slot(TICKET) or "")
        return _closed(field, "taken_back")

    def _rated(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        try:
            view = rate(turn, served)
        except TransitionRefused:
            return self._told(turn, reply, served, field)
        reply.say("utter_rated", number=view.number)
        return _closed(field, "rated")

    def _corrected(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        events = corrected(turn, reply, served, field)
        if events is None:
            return self._told(turn, reply, served, field)
        # The slot of the question that is open holds this very message, which does not answer it.
        set_now = {field: None} | {one["name"]: one["value"] for one in events if one["event"] == "slot"}
        if REQUESTED not in set_now:
            set_now[REQUESTED] = next_field({**turn.slots, **set_now}, is_child=turn.is_child)
        return keep(**set_now)

    def _noise(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        if asked_already(turn, field):
            return self._skipped(turn, reply, served, field)
        return once_more(turn, reply, served, field=field, key="noise")

    def _asked(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        """A question that no policy answers: a person will. The second time it may be an answer after all."""
        if asked_already(turn, field):
            return self._told(turn, reply, served, field)
        served.reports.add(turn.conversation_id, text=turn.text, number=turn.slot(TICKET), code=None)
        return once_more(turn, reply, served, field=field, key="asked")

    def _cannot_be_reached(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        """Said while something else is asked: the question of how to be reached will not be put."""
        return [*keep(**{Field.CONTACT.value: SKIPPED}), *ask_again(field)]

    def _quiet(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        """Somebody would notice a call: it is kept where staff look first, and no number is asked for."""
        served.reports.add(turn.conversation_id, text=turn.text, number=turn.slot(TICKET), code=None)
        tell(turn, reply, served, "quiet")
        slots = {**turn.slots, field: None, Field.CONTACT.value: SKIPPED}
        known = keep(**{field: None, Field.CONTACT.value: SKIPPED})
        return [*known, *ask(next_field(slots, is_child=turn.is_child))]

    def _thanked(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        if asked_already(turn, field):
            return self._stopped(turn, reply, served, field)
        return once_more(turn, reply, served, field=field, key="thanked")

    def _refused(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        tell(
            turn,
            reply,
            served,
            "stopped" if turn.at_risk else "stopped_plain",
            number=turn.slot(TICKET) or "",
        )
        return _closed(field, "refused")

    def _new_report(self, turn: Turn, reply: Reply, served: Services, field: str) -> list[EventType]:
        category = turn.reported
        if category is None:
            return self._stopped(turn, reply, served, field)
        events = begin_report(turn, reply, served, category=category, text="")
        set_now = {event["name"]: event["value"] for event in events if event.get("event") == "slot"}
        slots = [event for event in events if event.get("event") == "slot"]
        return [*slots, *ask(next_field({**turn.slots, **set_now}, is_child=turn.is_child))]


class ReportDone(HotlineAction):
    """Says the number and how to follow the ticket."""

    hears_corrections = False

    def name(self) -> str:
        """Name in the domain."""
        return "action_report_done"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Sum up, unless the form ended with something else said."""
        if turn.slot(CLOSING) not in _SAID_ALREADY:
            response = "utter_report_done_at_risk" if turn.at_risk else "utter_report_done"
            reply.say(response, number=turn.slot(TICKET) or "")
        return keep(**{CLOSING: None})


def next_field(slots: Mapping[str, object], *, is_child: bool) -> str | None:
    """First question of the plan that was neither answered nor skipped; None at the end."""
    category = slots.get(CATEGORY)
    if category is None:
        return None
    fields = form_plan().fields(Category(str(category)), is_child=is_child)
    return next((field for field in fields if slots.get(field) is None), None)


def _fill(turn: Turn, served: Services, field: str) -> Place | None:
    number = turn.slot(TICKET)
    if number is None:
        return None
    if field != PLACE_CHOICE:
        return served.reports.fill(number, field=field, value=turn.text).place
    before = turn.slot(Field.PLACE) or ""
    value = turn.text if before in turn.text else f"{turn.text} {before}"
    return served.reports.fill(number, field=Field.PLACE.value, value=value).place


def _keep_phone(turn: Turn, served: Services, phone: str) -> bool:
    """Keep a number told out of turn; whether the message was nothing but that."""
    number = turn.slot(TICKET)
    if number is not None:
        served.reports.fill(number, field=Field.CONTACT.value, value=phone)
    return is_little_more_than(turn, phone, form_plan())


def _after(turn: Turn, told: Mapping[str, str]) -> list[EventType]:
    slots = {**turn.slots, **told}
    return [*keep(**told), *ask(next_field(slots, is_child=turn.is_child))]


def _closed(field: str, closing: str) -> list[EventType]:
    return [*keep(**{field: SKIPPED, CLOSING: closing}), *ask(None)]
