"""What a person typed into a form: kept through every fault, and only taken with the page's token."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

#: Name of the token's field in every form.
CSRF_FIELD = "csrf"
#: Never shown again.
SECRET_FIELDS = frozenset({CSRF_FIELD, "password"})
#: Fields that people do not type.
CARRIED_FIELDS = frozenset({"version", "seen", "next"})


@dataclass(frozen=True, slots=True)
class Typed:
    """The text fields of a form."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """One field without surrounding space; empty when missing."""
        return self.values.get(name, "").strip()

    def number(self, name: str) -> int | None:
        """One field as a whole number; None when it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def words(self) -> tuple[str, ...]:
        """All that the person wrote himself, to be given back when it could not be used."""
        hidden = SECRET_FIELDS | CARRIED_FIELDS
        return tuple(value for name, value in self.values.items() if name not in hidden and value.strip())


NOTHING = Typed({})


async def keep_typed(request: Request) -> Typed:
    """Read the form once and keep it with the request, where the pages of faults find it."""
    if request.method == "POST" and not hasattr(request.state, "typed"):
        form = await request.form()
        request.state.typed = Typed({name: value for name, value in form.items() if isinstance(value, str)})
    return typed_of(request)


def typed_of(request: Request) -> Typed:
    """What was kept; nothing if the form was not read."""
    typed = getattr(request.state, "typed", NOTHING)
    return typed if isinstance(typed, Typed) else NOTHING


#: For pages that take a form.
TypedForm = Annotated[Typed, Depends(keep_typed)]


def csrf_token(secret: str, seed: str) -> str:
    """The token of all forms of one login; ``seed`` is known to that browser only."""
    return hmac.digest(secret.encode(), f"csrf:{seed}".encode(), hashlib.sha256).hex()


def fits(token: str, given: str) -> bool:
    """Compare without telling by the time taken."""
    return hmac.compare_digest(token.encode(), given.encode())
