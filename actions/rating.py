"""A resident's grade of how a ticket was handled."""

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
