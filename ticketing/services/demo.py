"""People to try the system out with; marked as demo and refused in production."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.domain.errors import DemoRefused
from ticketing.domain.staff import NewStaff
from ticketing.services.accounts import Accounts


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """What to show a person who tries the system out."""

    username: str
    password: str
    name: str
    role: str


def seed(accounts: Accounts, people: Sequence[NewStaff], *, production: bool) -> tuple[DemoLogin, ...]:
    """Add the demo people to an empty staff list; gives the logins there are to show.

    A second run changes nothing. Raises DemoRefused in production.
    """
    if production:
        raise DemoRefused
    if accounts.count() == 0:
        for person in people:
            accounts.add(person)
    return tuple(DemoLogin(one.username, one.password, one.name, one.role) for one in people)
