"""How instants, places and events are put into plain Chinese words, all of them from the texts."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketing.bootstrap import Runtime
from ticketing.domain.case_parts import POLICE
from ticketing.domain.clock import BEIJING
from ticketing.domain.dispatching import DispatchFault
from ticketing.domain.lifecycle import OPEN, WAITING
from ticketing.domain.spans import ReckoningStep, Span
from ticketing.domain.ticket import Field, TicketEvent, TicketView
from ticketing.domain.units import TOWN, VILLAGE

#: What a telephone dials, blanks and dashes left out; a name beside the number is no number.
DIALLED = re.compile(r"\+?[0-9]{3,15}")
#: Under this a time left is told in minutes, under the next in hours, then in days.
MINUTES_UNTIL = timedelta(hours=1)
HOURS_UNTIL = timedelta(days=2)
MEGABYTE = 1024 * 1024
#: Kinds of event that the reporter makes; all others without a name are the system's.
RESIDENT_EVENTS = frozenset({"added", "filled", "rated", "retracted", "said_settled", "withdraw"})


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """A deadline as people feel it."""

    #: Which deadline, slug: accept, first_contact, resolve.
    name: str
    at: datetime
    words: str
    late: bool


class Wording:
    """Words for what the domain keeps as data."""

    def __init__(self, runtime: Runtime) -> None:
        """Take texts, places and units from ``runtime``."""
        self._texts = runtime.texts
        self._gazetteer = runtime.gazetteer
        self._catalogue = runtime.catalogue
        self._clock = runtime.clock
        self._office = runtime.office
        cases = runtime.child_cases
        self._titles = {
            "form": {form.slug: form.title for form in cases.forms.values()},
            "situation": {one.slug: one.text for one in cases.rules.situations},
        }

    def say(self, key: str, **params: str | int) -> str:
        """A sentence of the console's own."""
        return self._texts.get(f"console.{key}", **params)

    def has(self, key: str) -> bool:
        """Whether the console has such a sentence."""
        return self._texts.has(f"console.{key}")

    def category(self, slug: str) -> str:
        """Name of a category."""
        return self._texts.get(f"category.{slug}")

    def risk(self, slug: str) -> str:
        """Word for a risk; never the colour alone."""
        return self._texts.get(f"risk.{slug}")

    def status(self, slug: str) -> str:
        """Short name of a status as staff say it."""
        return self.say(f"status_{slug}")

    def field(self, name: str) -> str:
        """Label of something a report tells."""
        return self.say(f"field_{name}") if self.has(f"field_{name}") else name

    def kind(self, name: str) -> str:
        """What a message without text was."""
        return self.say(f"kind_{name}" if self.has(f"kind_{name}") else "kind_other")

    def phone(self, ticket: TicketView) -> str:
        """The number to ring the reporter at; empty when what was left is not just a number."""
        digits = re.sub(r"[\s-]", "", ticket.fields.get(Field.CONTACT, ""))
        return digits if DIALLED.fullmatch(digits) else ""

    def rating(self, score: int) -> str:
        """Name of a grade."""
        return self._texts.get(f"rating.{score}")

    def task(self, kind: str) -> str:
        """What kind of thing is to be done."""
        return self._texts.get(f"task.{kind}")

    def text(self, key: str) -> str:
        """A sentence of any family, by its whole key."""
        return self._texts.get(key)

    def value_of(self, key: str) -> str:
        """What a choice of this key stands for in a form."""
        return key.rpartition(".")[2].rpartition("_")[2] if "reach" not in key else key.partition("reach_")[2]

    def span_of(self, span: Span) -> str:
        """A length of time as the rule tells it."""
        return self._texts.get(f"timing.span_{span.unit}", count=span.amount)

    def step(self, step: ReckoningStep) -> str:
        """One step of how a deadline was reckoned."""
        return self._texts.get(
            f"timing.step_{step.kind}", at=self._point(step.at), until=self._point(step.until)
        )

    def _point(self, told: str) -> str:
        """A day or an instant of a step in Beijing time; anything else as it is."""
        try:
            at = datetime.fromisoformat(told)
        except ValueError:
            return told
        if at.tzinfo is not None:
            return f"{at.astimezone(BEIJING):%m-%d %H:%M}"
        return f"{at:%m-%d}"

    def ground(self, ground: str) -> str:
        """Why two tickets may be one."""
        return self._texts.get(f"repeats.ground_{ground}")

    def case_part(self, part: str) -> str:
        """A part of a case file: a form by its title."""
        if part == POLICE:
            return self._texts.get("case_part.police")
        form = self._office.care.forms.get(part)
        return part if form is None else form.title

    def referral(self, state: str) -> str:
        """How far a referral got."""
        return self._texts.get(f"referral.state_{state}")

    def doubt(self, doubt: str) -> str:
        """Why a conversation is to be looked at again."""
        return self._texts.get(f"looks.doubt_{doubt}")

    def look_outcome(self, outcome: str) -> str:
        """What a person made of it."""
        return self._texts.get(f"looks.outcome_{outcome}")

    def place(self, ticket: TicketView) -> str:
        """Where it is, as printed."""
        name = self._gazetteer.name(town=ticket.town, village=ticket.village)
        return name or self._texts.get("notice.place_unknown")

    def area(self, town: str | None, village: str | None) -> str:
        """Town and, if given, village, as printed."""
        name = self._gazetteer.name(town=town, village=village)
        return name or self._texts.get("notice.place_unknown")

    def day(self, at: datetime) -> str:
        """A day in Beijing."""
        there = at.astimezone(BEIJING)
        return self.say("day", year=there.year, month=there.month, day=there.day)

    def unit(self, slug: str) -> str:
        """Name of a unit of the directory."""
        return self._catalogue.name(slug)

    def units(self, slugs: Iterable[str]) -> str:
        """Names of several units or of links of the dispatch catalogue."""
        return self._texts.get("console.comma").join(self.link(slug) for slug in slugs)

    def steps(self, links: Iterable[str]) -> str:
        """Links one after the other, the way a ticket goes."""
        return self._texts.get("objection.arrow").join(self.link(slug) for slug in links)

    def dispatch_part(self, part: str) -> str:
        """Which part of a rule: of all, or of one town."""
        key = f"dispatch.part_{part}"
        return self._texts.get(key) if self._texts.has(key) else self.link(part)

    def dispatch_fault(self, fault: DispatchFault) -> str:
        """What is wrong with a rule."""
        key = f"dispatch.fault_{fault.code}"
        return self._texts.get(key, link=self.link(fault.link)) if fault.link else self._texts.get(key)

    def link(self, slug: str) -> str:
        """A link of the dispatch catalogue: a unit, or what stands for the unit of the place."""
        if slug in {VILLAGE, TOWN}:
            return self._texts.get(f"dispatch.{slug}")
        return self.unit(slug) if self._office.knows_unit(slug) else slug

    def clock(self, at: datetime) -> str:
        """Time of day in Beijing, to the second: how fresh a list is."""
        return f"{at.astimezone(BEIJING):%H:%M:%S}"

    def when(self, at: datetime) -> str:
        """An instant in Beijing time: today and yesterday by word, else by date."""
        there, today = at.astimezone(BEIJING), self._clock.now().astimezone(BEIJING).date()
        clock = f"{there:%H:%M}"
        days = (today - there.date()).days
        if days in {0, 1}:
            return self.say("today" if days == 0 else "yesterday", clock=clock)
        key = "this_year" if there.year == today.year else "other_year"
        return self.say(key, year=there.year, month=there.month, day=there.day, clock=clock)

    def left(self, at: datetime) -> str:
        """Time until a deadline, or since it passed."""
        span = at - self._clock.now()
        if span < timedelta(0):
            return self.say("overdue_by", span=self.span(-span))
        return self.say("left", span=self.span(span))

    def size(self, size_bytes: int) -> str:
        """How large a file is, for somebody with a slow telephone."""
        if size_bytes < MEGABYTE:
            return self.say("kilobytes", count=max(size_bytes // 1024, 1))
        return self.say("megabytes", count=f"{size_bytes / MEGABYTE:.1f}")

    def span(self, span: timedelta) -> str:
        """A length of time in words."""
        if span < MINUTES_UNTIL:
            return self.say("minutes", count=max(int(span.total_seconds() // 60), 1))
        if span < HOURS_UNTIL:
            return self.say("hours", count=int(span.total_seconds() // 3600))
        return self.say("days", count=span.days)

    def next_deadline(self, ticket: TicketView) -> TimeLeft | None:
        """The deadline that counts now: to claim while waiting, then to finish; None once finished."""
        name = "accept" if ticket.status in WAITING else "resolve"
        return next((one for one in self.deadlines(ticket) if one.name == name), None)

    def deadlines(self, ticket: TicketView) -> tuple[TimeLeft, ...]:
        """All deadlines still running."""
        running = {
            "accept": ticket.accept_by_at if ticket.status in WAITING else None,
            "first_contact": ticket.first_contact_by_at if ticket.status in OPEN else None,
            "resolve": ticket.resolve_by_at if ticket.status in OPEN else None,
        }
        now = self._clock.now()
        return tuple(
            TimeLeft(name, at, self.left(at), late=at < now) for name, at in running.items() if at is not None
        )

    def actor(self, event: TicketEvent) -> str:
        """Who did it."""
        if event.actor_name is not None:
            return event.actor_name
        by_resident = event.kind in RESIDENT_EVENTS or event.data.get("by") == "resident"
        return self.say("by_resident" if by_resident else "by_system")

    def event(self, event: TicketEvent) -> str:
        """What happened."""
        known = self._texts.has(f"console.event_{event.kind}")
        words = defaultdict(str, self._event_words(event.data))
        sentence = self._texts.sentences[f"console.event_{event.kind if known else 'other'}"]
        return sentence.format_map(words)

    def _event_words(self, data: Mapping[str, str]) -> Mapping[str, str]:
        return {key: self._event_word(key, value) for key, value in data.items()}

    def _event_word(self, key: str, value: str) -> str:
        if value in self._titles.get(key, {}):
            return self._titles[key][value]
        if key == "town":
            return self._gazetteer.name(town=value or None) or self._texts.get("notice.place_unknown")
        tellers: Mapping[str, Callable[[str], str]] = {
            "unit": self.unit,
            "next": self.unit,
            "support": lambda units: self.say("supported_by", units=self.units(units.split())),
            "task": self.task,
            "target": self._office.target_name,
        }
        if key in tellers:
            return tellers[key](value)
        named = {
            "risk": f"risk.{value}",
            "category": f"category.{value}",
            "solved": f"closing.solved_{value}",
            "field": f"console.field_{value}",
            "score": f"rating.{value}",
        }
        return self._texts.get(named[key]) if self._texts.has(named.get(key, "")) else value
