"""Drawing finished tickets by lot and writing down what is found in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput, NotPermitted, SecondPersonNeeded, TaskNotFound
from ticketing.domain.quality import ItemFound, QualityRules, QualityView, drawn, found_by_item
from ticketing.domain.staff import Actor
from ticketing.services.office import Office

CHECK = "check_quality"
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class MonthsSample:
    """The sample of a month, and what was found so far, item by item."""

    month: str
    checks: tuple[QualityView, ...]
    found: tuple[ItemFound, ...]


class Quality:
    """Use cases of supervisors."""

    def __init__(self, office: Office) -> None:
        """Work with the collaborators of ``office``."""
        self._office = office

    @property
    def rules(self) -> QualityRules:
        """What is looked at."""
        return self._office.care.quality

    def last_month(self) -> str:
        """The month before this one in Beijing, as 2026-11."""
        first = self._office.clock.now().astimezone(BEIJING).replace(day=1)
        return f"{first - timedelta(days=1):%Y-%m}"

    def draw(self, actor: Actor, month: str) -> MonthsSample:
        """Draw the set number of tickets of each unit from those closed in the month.

        Drawing again gives the same tickets once the month is over; BadInput before that, since later
        tickets would have no chance.
        """
        self._check(actor)
        since, until = bounds(month)
        now = self._office.clock.now()
        if until > now:
            raise BadInput(field="month")
        with self._office.transaction() as work:
            for unit, numbers in work.quality.closed_by_unit(since, until).items():
                seed = f"{self._office.secret}:{month}:{unit}"
                work.quality.add(month, drawn(numbers, size=self.rules.per_unit, seed=seed), now)
        return self.of_month(actor, month)

    def of_month(self, actor: Actor, month: str) -> MonthsSample:
        """The sample, without what is this person's own work."""
        self._check(actor)
        bounds(month)
        with self._office.transaction() as work:
            checks = work.quality.of_month(month)
        found = found_by_item(checks, self.rules)
        return MonthsSample(month, tuple(one for one in checks if one.barred_id != actor.id), found)

    def fill(self, actor: Actor, check_id: int, answers: Mapping[str, str]) -> None:
        """Write down what was found; never by the one who did the work, and once."""
        self._check(actor)
        checked = self.rules.checked(answers)
        with self._office.transaction() as work:
            check = work.quality.one(check_id)
            if check is None:
                raise TaskNotFound
            if check.barred_id == actor.id:
                raise SecondPersonNeeded
            check.answers, check.checked_by = checked, actor.id
            check.checked_at = self._office.clock.now()

    def _check(self, actor: Actor) -> None:
        if not self._office.permissions.may(actor, CHECK, None):
            raise NotPermitted(permission=CHECK)


def bounds(month: str) -> tuple[datetime, datetime]:
    """First instant of a month and of the next, Beijing time; BadInput for what is no month."""
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=BEIJING)
    except ValueError:
        raise BadInput(field="month") from None
    is_last = first.month == DECEMBER
    after = first.replace(year=first.year + is_last, month=1 if is_last else first.month + 1)
    return first, after
