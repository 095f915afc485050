"""What workers find on their rounds becomes a ticket, once, and never less urgent than its words."""

from dataclasses import dataclass

from ticketing.domain.child_guard import MINOR, YES
from ticketing.domain.discovery import DiscoveryRules, Found, Meaning
from ticketing.domain.errors import BadInput, NotPermitted, TicketNotFound
from ticketing.domain.staff import Actor
from ticketing.domain.ticket import Field, TicketView
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Channel
from ticketing.services.desk_part import VIEW, DeskPart
from ticketing.services.duties import is_childs, set_duty, set_guardianship
from ticketing.services.filing import NewTicket
from ticketing.storage.tables import TicketRecord
from ticketing.storage.tickets import Event
from ticketing.storage.unit_of_work import Work

REPORT_FOUND = "report_found"
#: Longer ones are none of ours.
TOKEN_CHARACTERS_MAX = 64
TEXT_CHARACTERS_MAX = 4000


@dataclass(frozen=True, slots=True)
class Discovery:
    """What became of a find, as its reporter sees it."""

    ticket: TicketView
    #: The reporter has a duty of his own to tell the police.
    is_childs: bool
    #: The reporter may open the ticket.
    may_view: bool


class Discovering(DeskPart):
    """Use cases of aid assistants, grid workers and village child directors."""

    @property
    def rules(self) -> DiscoveryRules:
        """The choices, as the data file has them."""
        return self._office.care.discovery

    def report(self, actor: Actor, found: Found, finding: Finding) -> Discovery:
        """Open a ticket for what was found; the same report gives the first ticket again.

        ``finding`` is what the safety net reads in the words: it raises, and never lowers. BadInput when
        neither a village nor a place is told, and for a choice there is not.
        """
        self._check(actor)
        self._refuse_empty(found)
        meaning = self.rules.meaning(found, finding)
        now = self._office.clock.now()
        with self._office.transaction() as work:
            if not work.discoveries.begin(actor, found, now):
                return self._discovery(work, actor, self._known(work, actor, found.key))
            record = self._filing.open(work, self._ticket(actor, found, meaning, finding))
            work.discoveries.opened(actor, found.key, record.id)
            data = {"who": self.rules.who[found.who].name, "what": self.rules.what[found.what].name}
            work.tickets.add_event(record.id, Event("discovered", now, actor.id, data=data))
            done = self._discovery(work, actor, record)
            if done.may_view:
                set_duty(self._office, work, record, actor.id)
            if meaning.no_carer:
                set_guardianship(self._office, work, record)
            return done

    def of_key(self, actor: Actor, key: str) -> Discovery:
        """What became of one's own find; TicketNotFound for anybody else's."""
        self._check(actor)
        with self._office.transaction() as work:
            return self._discovery(work, actor, self._known(work, actor, key))

    def _refuse_empty(self, found: Found) -> None:
        wrong = {
            "token": not 0 < len(found.token) <= TOKEN_CHARACTERS_MAX,
            "text": len(found.text) > TEXT_CHARACTERS_MAX,
            "place": not self._where(found),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise BadInput(field=name)

    def _where(self, found: Found) -> str:
        village = self._office.gazetteer.name(town=None, village=found.village or None)
        return f"{village}{found.place.strip()}"

    def _ticket(self, actor: Actor, found: Found, meaning: Meaning, finding: Finding) -> NewTicket:
        who, what = self.rules.who[found.who].name, self.rules.what[found.what].name
        outline = self._office.texts.get("discovery.outline", who=who, what=what)
        fields = {
            Field.PLACE.value: self._where(found),
            Field.WHO.value: f"{who} {found.name}".strip(),
            Field.WHAT.value: what,
            Field.CONTACT.value: found.contact,
        }
        return NewTicket(
            category=meaning.category,
            risk=meaning.risk,
            text=f"{outline}{found.text.strip()}",
            channel=Channel.DISCOVERY,
            place_text=self._where(found),
            fields=fields | ({MINOR: YES} if meaning.minor else {}),
            evidence=finding.evidence,
            actor_id=actor.id,
        )

    def _known(self, work: Work, actor: Actor, key: str) -> TicketRecord:
        record = work.discoveries.ticket_of(actor, key)
        if record is None:
            raise TicketNotFound(number="")
        return record

    def _discovery(self, work: Work, actor: Actor, record: TicketRecord) -> Discovery:
        view = self._view(work, record)
        return Discovery(
            ticket=view,
            is_childs=is_childs(self._office, record),
            may_view=self._office.permissions.may(actor, VIEW, view),
        )

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, REPORT_FOUND, None):
            raise NotPermitted(permission=REPORT_FOUND)
