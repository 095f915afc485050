"""A resident's grade of how a ticket was handled, and the question that follows it."""

from actions.reply import Reply
from actions.services import Services
from actions.slots import CODE, NUMBER, SCORE, Turn
from ticketing.domain.ticket import TicketView


def rate(turn: Turn, served: Services) -> TicketView:
    """Keep the grade found in the words; raises TransitionRefused for a ticket still worked on."""
    return served.reports.rate(
        turn.conversation_id,
        score=int(float(turn.entity(SCORE) or 0)),
        number=turn.entity(NUMBER),
        code=turn.entity(CODE),
        comment=turn.text,
    )


def ask_settled(turn: Turn, reply: Reply, served: Services) -> None:
    """Ask, apart from the grade, whether the matter is settled, unless that was said already."""
    question = served.reports.question_after(turn.conversation_id)
    if question is not None:
        reply.text(question.text, buttons=question.buttons)
