"""What people type, brought into one spelling so that words can be looked for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opencc import OpenCC

from bot.first_characters import FirstCharacters

#: Between two readings of the same text nothing changes any more after this many rounds in practice.
MAX_ROUNDS = 4
CLAUSE = ","
#: More than anybody writes with; what comes after them is looked up each time.
CHARACTERS_KEPT = 20_000
#: So many pieces of so few characters on average are no sentences.
CHOPPED_FROM_PIECES = 3
CHOPPED_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way of writing round a word, and the word."""

    written: re.Pattern[str]
    meant: str


@dataclass(frozen=True, slots=True)
class Readings:
    """The same message read three ways; a danger in any of them counts."""

    #: Spaces taken for the end of a clause, as many people type them.
    spaced: str
    #: Spaces taken out, for those who put them between characters.
    joined: str
    #: Clause marks taken out as well.
    bare: str

    @property
    def is_chopped(self) -> bool:
        """Whether clause marks were put between single characters rather than clauses."""
        clauses = self.joined.split(CLAUSE)
        return len(clauses) >= CHOPPED_FROM_PIECES and len(self.bare) <= CHOPPED_CHARACTERS * len(clauses)


class PlainText:
    """Brings text into simplified characters, narrow letters and one kind of clause mark."""

    def __init__(
        self, *, clause_marks: str, pictures: Mapping[str, str], spellings: Sequence[tuple[str, ...]]
    ) -> None:
        """Load the conversion table once; all comes from the lexicon, a spelling as (written, meant)."""
        self._characters = _Characters(frozenset(clause_marks), pictures)
        self._spellings = tuple(Spelling(re.compile(written), meant) for written, meant in spellings)
        self._any_spelling = FirstCharacters(spelling.written.pattern for spelling in self._spellings)
        self._simplified = OpenCC("t2s")

    def readings(self, text: str) -> Readings:
        """Give the three readings of ``text``."""
        plain = self.normalise(text)
        spaced, joined = plain.replace(" ", CLAUSE), plain.replace(" ", "")
        return Readings(
            spaced=self._respelt(spaced),
            joined=self._respelt(joined),
            bare=self._respelt(joined.replace(CLAUSE, "")),
        )

    def normalise(self, text: str) -> str:
        """One spelling of ``text``: idempotent, spaces kept as single spaces, clause marks as commas."""
        for _ in range(MAX_ROUNDS):
            plain = self._once(text)
            if plain == text:
                break
            text = plain
        return text

    def _once(self, text: str) -> str:
        folded = self._simplify(unicodedata.normalize("NFKC", text)).lower()
        marked = folded.translate(self._characters)
        return re.sub(r" *,[ ,]*", CLAUSE, re.sub(r" +", " ", marked)).strip(" ,")

    def _simplify(self, text: str) -> str:
        # The converter is C++ and takes UTF-8 only: half a surrogate pair must not stop a cry for help.
        whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        return str(self._simplified.convert(whole))

    def _respelt(self, text: str) -> str:
        if self._any_spelling.match(text):
            for spelling in self._spellings:
                text = spelling.written.sub(spelling.meant, text)
        return re.sub(r",{2,}", CLAUSE, text).strip(CLAUSE)


class _Characters(dict[int, str]):
    """What stands for each character, by its code: filled as characters come, for ``str.translate``."""

    def __init__(self, clause_marks: frozenset[str], pictures: Mapping[str, str]) -> None:
        super().__init__()
        self._clause_marks = clause_marks
        self._pictures = pictures

    def __missing__(self, code: int) -> str:
        meant = self._meant(chr(code))
        if len(self) < CHARACTERS_KEPT:
            self[code] = meant
        return meant

    def _meant(self, character: str) -> str:
        if character in self._pictures:
            return self._pictures[character]
        if character in self._clause_marks:
            return CLAUSE
        if character.isspace():
            return " "
        # Letters, ideographs and digits carry the words; all else is decoration or disguise.
        return character if unicodedata.category(character)[0] in "LN" else ""
