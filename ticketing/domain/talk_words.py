"""What a resident says beside what was asked: a correction, the wish to stop, a worry, a mere sound; pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from ticketing.domain.data_rows import Row
from ticketing.domain.ticket import Field


class Aside(StrEnum):
    """A kind of message that answers no question of the form."""

    STOP = "stop"
    SKIP = "skip"
    THANKS = "thanks"
    NOISE = "noise"
    #: There is no telephone, said in answer to another question.
    NO_CONTACT = "no_contact"
    #: Not to be called or visited: somebody would notice.
    QUIET = "quiet"
    #: It must not become known who told it.
    SECRET = "secret"  # noqa: S105  # a wish, no password
    #: Whether one will be blamed.
    BLAME = "blame"
    FEAR = "fear"
    #: What happens now.
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Correction:
    """Something said before that was wrong.

    ``field`` is the one named; None: only the value tells. ``value`` is what is right, empty where it is not
    said yet. ``contrasts``: it was said as "not this, that".
    """

    field: Field | None
    value: str
    contrasts: bool = False


#: Worries, in the order they are looked for.
WORRIES = (Aside.QUIET, Aside.SECRET, Aside.BLAME, Aside.FEAR, Aside.NEXT)
#: Longer messages tell something, whatever words are in them.
_ASIDE_CHARACTERS_MAX = 24
_CORRECTION_CHARACTERS_MAX = 120
_OWN_SKIPS = {Field.CONTACT: "skip_contact"}
_OWN_NOISE = {Field.SAFE_NOW: "noise_safe_now"}


class TalkWords:
    """The words of ``data/talk.yml``."""

    def __init__(self, row: Row) -> None:
        """Compile them; raises DataFault for a missing one."""
        corrections = row.row("corrections")
        names = corrections.row("names")
        self._names = {field: re.compile(names.text(field)) for field in names.values}
        every = "|".join(names.text(field) for field in names.values)
        self._opening = re.compile(corrections.text("opening"))
        self._contrast = re.compile(corrections.text("contrast"))
        self._never = re.compile(corrections.text("never"))
        self._wrong = re.compile(corrections.text("wrong").replace("{names}", every))
        self._lead = re.compile(corrections.text("lead").replace("{names}", every))
        whole = ("stop", "skip", "no_contact", "skip_contact", "noise", "noise_safe_now", "thanks")
        self._whole = {key: re.compile(row.text(key), re.IGNORECASE) for key in whole}
        self._worries = {kind: re.compile(row.row("asides").text(kind)) for kind in WORRIES}
        self._asking = re.compile(row.text("asking"))
        self._reachable = re.compile(row.text("reachable"))
        self._announces = re.compile(row.text("announces"))

    def aside(self, text: str, field: Field | None = None) -> Aside | None:
        """What a message is that answers nothing; ``field`` is the question that is open.

        None for everything that may be an answer.
        """
        plain = text.strip()
        if len(plain) > _ASIDE_CHARACTERS_MAX:
            return None
        return self._short(_without_marks(plain), field) or self.worry(plain)

    def worry(self, text: str) -> Aside | None:
        """A worry or wish in a short message."""
        plain = _trimmed(text)
        if len(plain) > _ASIDE_CHARACTERS_MAX:
            return None
        return next((kind for kind, words in self._worries.items() if words.search(plain)), None)

    def _short(self, plain: str, field: Field | None) -> Aside | None:
        own_skip = _OWN_SKIPS.get(field) if field else None
        noise = _OWN_NOISE.get(field, "noise") if field else "noise"
        is_elsewhere = field not in {None, Field.CONTACT}
        rows = (
            (Aside.NO_CONTACT, "no_contact" if is_elsewhere else None),
            (Aside.STOP, "stop"),
            (Aside.SKIP, "skip"),
            (Aside.SKIP, own_skip),
            (Aside.THANKS, "thanks"),
            (Aside.NOISE, noise),
        )
        return next((kind for kind, key in rows if key and self._whole[key].fullmatch(plain)), None)

    def correction(self, text: str) -> Correction | None:
        """What a message puts right; None for one that does not."""
        plain = text.strip()
        if len(plain) > _CORRECTION_CHARACTERS_MAX or self._never.search(plain):
            return None
        wrong = self._wrong.search(plain)
        if wrong is not None:
            named = next(name for name in wrong.groupdict().values() if name)
            return Correction(self._field_of(named), self.value_of(plain[wrong.end() :]))
        contrast = self._contrast.match(plain)
        if contrast is not None:
            return Correction(None, contrast["value"].strip(), contrasts=True)
        opening = self._opening.match(plain)
        if opening is None:
            return None
        rest = plain[opening.end() :]
        named_at = next((f for f, words in self._names.items() if words.search(rest[:12])), None)
        return Correction(None if named_at is None else Field(named_at), self.value_of(rest))

    def asks(self, text: str) -> bool:
        """Whether a message ends as a question does."""
        return self._asking.search(text) is not None

    def is_reachable(self, text: str) -> bool:
        """Whether a text tells how or where somebody can be found."""
        return self._reachable.search(text) is not None

    def addition(self, text: str) -> str:
        """``text`` without the words that only announce that something is added."""
        return self._announces.sub("", text.strip(), count=1).strip()

    def value_of(self, text: str) -> str:
        """``text`` without the words that stand before what is told, and without marks at its ends."""
        return _trimmed(self._lead.sub("", text.strip(), count=1))

    def _field_of(self, named: str) -> Field:
        return next(Field(field) for field, words in self._names.items() if words.fullmatch(named))


def _is_said(sign: str) -> bool:
    """Letters, ideographs and digits carry the words."""
    return unicodedata.category(sign)[0] in "LN"


def _trimmed(text: str) -> str:
    """``text`` without marks and blanks at its ends."""
    said = [place for place, sign in enumerate(text) if _is_said(sign)]
    return text[said[0] : said[-1] + 1] if said else ""


def _without_marks(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if _is_said(sign))
