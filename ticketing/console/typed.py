"""What a person typed into a form: kept through every fault, and only taken with the page's token."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request

from ticketing.domain.clock import BEIJING
from ticketing.domain.errors import BadInput

#: Name of the token's field in every form.
CSRF_FIELD = "csrf"
#: Never shown again.
SECRET_FIELDS = frozenset({CSRF_FIELD, "password"})
#: All of a form that is read; anything longer is none of ours.
FORM_BYTES_MAX = 1_000_000
#: A form with one of the city's application forms in it; the file itself is measured by whoever takes it.
FILE_FORM_BYTES_MAX = 11_000_000
_FILE_FORM = re.compile(r".*/knowledge/forms/[a-z_]+")
#: More digits than any number of ours has.
DIGITS_MAX = 18
#: What no text in the database can hold.
NUL = "\x00"
#: Fields that people do not type.
CARRIED_FIELDS = frozenset({"version", "seen", "next", "back"})


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
        is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
        return int(text) if is_number else None

    @property
    def words(self) -> tuple[str, ...]:
        """All that the person wrote himself, to be given back when it could not be used."""
        hidden = SECRET_FIELDS | CARRIED_FIELDS
        return tuple(value for name, value in self.values.items() if name not in hidden and value.strip())


NOTHING = Typed({})


def instant_of(text: str, *, field: str) -> datetime:
    """What a field for date and time holds, as Beijing time; BadInput when it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise BadInput(field=field) from None


async def keep_typed(request: Request) -> Typed:
    """Read the form once and keep it with the request, where the pages of faults find it."""
    if request.method == "POST" and not hasattr(request.state, "typed"):
        form = await request.form() if is_short(request) else FormData()
        texts = {name: value.replace(NUL, "") for name, value in form.items() if isinstance(value, str)}
        request.state.typed = Typed(texts)
    return typed_of(request)


def is_short(request: Request) -> bool:
    """Whether the body says that it is no longer than a form of ours."""
    length = request.headers.get("content-length", "")
    longest = FILE_FORM_BYTES_MAX if _FILE_FORM.fullmatch(request.url.path) else FORM_BYTES_MAX
    return length.isascii() and length.isdigit() and int(length[:DIGITS_MAX]) <= longest


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
