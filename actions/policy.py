"""Answers to policy questions, and the question back when the matter is not clear."""

from rasa_sdk.events import EventType

from actions.check_start import begin_check
from actions.choices import choices
from actions.edge import HotlineAction
from actions.reply import Reply
from actions.services import Services
from actions.slots import CLARIFIED, OFFER, TOPIC, UNCLEAR, Turn, keep, understood
from actions.wording import tell
from ticketing.domain.answer_marks import AnswerMark, Gap
from ticketing.domain.lifecycle import OPEN
from ticketing.domain.policy_talk import PolicyTalk
from ticketing.domain.triage import FOLLOW_UP, Question
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category
from ticketing.services.retrieving import Lookup

_CHOICES_SHOWN = 3
#: Beside what else may have been meant.
_FOLLOW_UPS_SHOWN = 2
OFFERED, NOT_ANSWERED = AnswerMark(gap=Gap.OFFERED), AnswerMark(gap=Gap.NOTHING)


class AnswerPolicy(HotlineAction):
    """Answers every question found in the message; a bare question of detail goes to the last topic."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_policy"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say one answer per question and remember the last topic."""
        check = begin_check(turn, reply, served)
        if check:
            return check
        questions = asked_in(turn)
        if not questions and of_the_report(turn, reply, served):
            return understood()
        if not questions:
            reply.say("utter_ask_topic", buttons=choices().buttons(choices().common))
            return understood()
        answer_all(questions, reply, served, titled=len(questions) > 1)
        return [*keep(**{TOPIC: questions[-1].topic}), *understood()]


class Clarify(HotlineAction):
    """Asks once which of the likeliest matters is meant, then offers a person."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_clarify"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Ask, or offer; the button of a check that was not recognised still starts it."""
        check = begin_check(turn, reply, served)
        if check:
            return check
        if of_the_report(turn, reply, served):
            return understood()
        if turn.slots.get(CLARIFIED):
            reply.say("utter_offer_person", buttons=[choices().person], mark=NOT_ANSWERED)
            return keep(**{OFFER: Category.HUMAN.value})
        if turn.is_child:
            # No list of policies for a child.
            reply.say("utter_clarify", buttons=[choices().person], mark=NOT_ANSWERED)
            return keep(**{CLARIFIED: True})
        found = served.search.look_up(turn.text, turn.aspect)
        if found.answer is not None:
            near = choices().buttons(found.topics)[:1]
            buttons = (*found.answer.buttons[:_FOLLOW_UPS_SHOWN], *near, choices().person)
            reply.text(found.answer.text, buttons=buttons, mark=found.answer.mark)
            return [*keep(**{TOPIC: found.answered}), *understood()]
        ask_back(turn, reply, found)
        return keep(**{CLARIFIED: True})


def of_the_report(turn: Turn, reply: Reply, served: Services) -> bool:
    """Answer a worry about the report, or pass on a question of somebody in danger; False: it is neither."""
    worry = served.talk.worry(turn.text)
    view = served.reports.current(turn.conversation_id)
    if worry is not None and (turn.is_child or view is not None):
        tell(turn, reply, served, worry.value)
        return True
    is_open = view is not None and view.status in OPEN and view.category in AT_RISK_CATEGORIES
    if not is_open or turn.intent != FOLLOW_UP:
        return False
    served.reports.add(turn.conversation_id, text=turn.text, number=None, code=None)
    tell(turn, reply, served, "asked")
    return True


def ask_back(turn: Turn, reply: Reply, found: Lookup) -> None:
    """Offer what was found, else what the model thinks likeliest; nothing is claimed to be meant."""
    likeliest = choices().buttons(turn.ranking)[:_CHOICES_SHOWN]
    if found.topics:
        buttons = (*choices().buttons(found.topics), *likeliest[:1], choices().person)
        reply.text(found.text, buttons=dict.fromkeys(buttons), mark=OFFERED)
    elif turn.intent == UNCLEAR:
        # Said to be unclear, not a question that was looked for in vain.
        reply.say("utter_clarify", buttons=likeliest or choices().buttons(choices().common))
    else:
        reply.text(found.text, buttons=likeliest or choices().buttons(choices().common), mark=NOT_ANSWERED)


def asked_in(turn: Turn) -> tuple[Question, ...]:
    """Questions of the newest message; empty for a question of detail before any topic."""
    return PolicyTalk(turn.intent, turn.aspect, turn.questions).asked(turn.slot(TOPIC))


def answer_all(questions: tuple[Question, ...], reply: Reply, served: Services, *, titled: bool) -> None:
    """Say the answer to each question in the order asked; ``titled`` where it is not plain whose it is."""
    for answer in served.answers.to(questions, titled=titled):
        reply.text(answer.text, buttons=answer.buttons, mark=answer.mark)
