"""Tickets as workers read them in Telegram; nothing of a child's case before it is theirs."""

from datetime import datetime

from ticketing.domain.clock import BEIJING
from ticketing.domain.lifecycle import WAITING
from ticketing.domain.places import Gazetteer
from ticketing.domain.ticket import Field, TicketView
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES
from ticketing.texts import Texts

INSTANT_FORMAT = "%m-%d %H:%M"


class TicketWriter:
    """Puts tickets into words."""

    def __init__(self, texts: Texts, gazetteer: Gazetteer) -> None:
        """Use the wording of ``texts`` and the place names of ``gazetteer``."""
        self._texts = texts
        self._gazetteer = gazetteer

    def line(self, ticket: TicketView) -> str:
        """One line of a list: what sort, where, by when; never who."""
        return self._texts.get("telegram.line", due=self._due(ticket), **self._outline(ticket))

    def detail(self, ticket: TicketView, *, reader_id: int) -> str:
        """All that may leave the house.

        Of people at risk only the outline, until ``reader_id`` has the ticket.
        """
        lines = [self._head(ticket), *self._limits(ticket)]
        if ticket.category in AT_RISK_CATEGORIES and ticket.assignee_id != reader_id:
            return "\n".join([*lines, self._texts.get("telegram.detail_withheld")])
        told = [(field, ticket.fields.get(field.value, "")) for field in Field]
        lines += [
            self._texts.get(f"telegram.field_{field.value}", value=value) for field, value in told if value
        ]
        if ticket.result:
            lines.append(self._texts.get("telegram.detail_result", result=ticket.result))
        return "\n".join(lines)

    def _head(self, ticket: TicketView) -> str:
        name = ticket.assignee_name
        assignee = self._texts.get("telegram.detail_assignee", name=name) if name else ""
        return self._texts.get(
            "telegram.detail",
            created=instant(ticket.created_at),
            unit=ticket.unit_name,
            assignee=assignee,
            **self._outline(ticket),
        )

    def _limits(self, ticket: TicketView) -> list[str]:
        limits = {"accept": ticket.accept_by_at, "resolve": ticket.resolve_by_at}
        return [
            self._texts.get(f"telegram.detail_{name}", instant=instant(limit))
            for name, limit in limits.items()
            if limit is not None
        ]

    def _outline(self, ticket: TicketView) -> dict[str, str]:
        place = self._gazetteer.name(town=ticket.town, village=ticket.village)
        return {
            "number": ticket.number,
            "risk": self._texts.get(f"risk.{ticket.risk.value}"),
            "category": self._texts.get(f"category.{ticket.category.value}"),
            "place": place or self._texts.get("telegram.place_unknown"),
            "status": self._texts.get(f"status.{ticket.status.value}"),
        }

    def _due(self, ticket: TicketView) -> str:
        waits = ticket.status in WAITING
        limit = ticket.accept_by_at if waits else ticket.resolve_by_at
        key = "telegram.line_accept" if waits else "telegram.line_due"
        return "" if limit is None else self._texts.get(key, instant=instant(limit))


def instant(at: datetime) -> str:
    """Day and minute in Beijing."""
    return at.astimezone(BEIJING).strftime(INSTANT_FORMAT)
