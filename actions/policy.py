"""Answers to policy questions, and the question back when the matter is not clear."""

from rasa_sdk.events import EventType

from actions.choices import choices
from actions.edge import HotlineAction
from actions.reply import Reply
from actions.services import Services
from actions.slots import CLARIFIED, FOLLOW_UP, OFFER, TOPIC, AskedQuestion, Turn, keep, understood
from ticketing.domain.clock import today
from ticketing.domain.vocabulary import Category

_CHOICES_SHOWN = 3


class AnswerPolicy(HotlineAction):
    """Answers every question found in the message; a bare question of detail goes to the last topic."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_policy"

    def act(self, turn: Turn, reply: Reply, served: Services) -> list[EventType]:
        """Say one answer per question and remember the last topic."""
        questions = asked_in(turn)
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
        """Ask, or offer."""
        if turn.slots.get(CLARIFIED):
            reply.say("utter_offer_person", buttons=[choices().person])
            return keep(**{OFFER: Category.HUMAN.value})
        likeliest = choices().buttons(turn.ranking)[:_CHOICES_SHOWN]
        reply.say("utter_clarify", buttons=likeliest or choices().buttons(choices().common))
        return keep(**{CLARIFIED: True})


def asked_in(turn: Turn) -> tuple[AskedQuestion, ...]:
    """Questions of the newest message; empty for a question of detail before any topic."""
    topic = turn.slot(TOPIC)
    if turn.questions or turn.intent != FOLLOW_UP or topic is None:
        return turn.questions
    return (AskedQuestion(topic, turn.aspect, turn.confidence),)


def answer_all(questions: tuple[AskedQuestion, ...], reply: Reply, served: Services, *, titled: bool) -> None:
    """Say the answer to each question in the order asked; ``titled`` where it is not plain whose it is."""
    on = today(served.clock)
    for question in questions:
        answer = served.knowledge.answer(question.topic, question.aspect, today=on)
        if titled:
            reply.say("utter_titled_answer", title=answer.title, answer=answer.text, buttons=answer.buttons)
        else:
            reply.text(answer.text, buttons=answer.buttons)
