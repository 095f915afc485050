"""Which town and village a text speaks of."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ticketing.domain.areas import Area, Town, Village
from ticketing.domain.place_mentions import Mention, MentionFinder, Strength


@dataclass(frozen=True, slots=True)
class Place:
    """A town, perhaps a village of it, by slug; nothing known when ``town`` is None.

    With ``candidates`` the person has to be asked which is meant; ``town`` is then set only
    when all candidates lie in it.
    """

    town: str | None = None
    village: str | None = None
    candidates: tuple["Place", ...] = ()
    #: As printed, with the town; empty when nothing is known.
    name: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether the person has to be asked which of ``candidates`` is meant."""
        return bool(self.candidates)


#: Nothing in the text names a place of the area.
UNKNOWN = Place()


class Gazetteer:
    """All towns and villages the hotline serves."""

    def __init__(self, areas: Iterable[Area]) -> None:
        """Prepare the search in all ``areas``."""
        self._areas = tuple(areas)
        self._finders = tuple(MentionFinder(area) for area in self._areas)
        self._towns = {town.slug: town for area in self._areas for town in area.towns}
        self._villages = {village.slug: village for area in self._areas for village in area.villages}

    def find(self, text: str, *, asked: bool = False) -> Place:
        """Place named in ``text``.

        ``asked`` tells that the text answers the question "where", so that bare short names count.
        A village and a community of one short name are told apart by their suffix; without it
        both are candidates.
        """
        plain = unicodedata.normalize("NFKC", text)
        mentions = [m for finder in self._finders for m in finder.mentions(plain, asked=asked)]
        return self._settle(mentions)

    def towns(self) -> tuple[Town, ...]:
        """All towns, in the order of the data."""
        return tuple(self._towns.values())

    def villages(self, town: str) -> tuple[Village, ...]:
        """Villages and communities of a town; empty for a slug nobody knows."""
        return self._towns[town].villages if town in self._towns else ()

    def place(self, *, town: str | None = None, village: str | None = None) -> Place:
        """Place by slug; a village determines its town, an unknown slug gives an unknown place."""
        known = self._villages.get(village) if village else None
        home = self._towns.get(known.town if known else town or "")
        if home is None:
            return UNKNOWN
        if known is None:
            return Place(home.slug, name=home.name)
        return Place(home.slug, known.slug, name=home.name + known.name)

    def name(self, *, town: str | None, village: str | None = None) -> str:
        """Name as printed, the village after its town; empty when unknown."""
        return self.place(town=town, village=village).name

    def _settle(self, mentions: Sequence[Mention]) -> Place:
        towns = _unique(form.town for m in mentions for form in m.forms if form.village is None)
        villages = _unique(form.village for m in mentions for form in m.forms if form.village)
        inside = [slug for slug in villages if self._villages[slug].town in towns]
        if inside:
            return self._one_of([self.place(village=slug) for slug in inside])
        if not villages and len(towns) == 1 and not _is_written_out(mentions):
            return self._one_of([self.place(town=towns[0]), *self._same_named(towns[0])])
        options = [self.place(village=slug) for slug in villages]
        return self._one_of([*options, *(self.place(town=slug) for slug in towns)])

    def _same_named(self, town: str) -> list[Place]:
        home = self._towns[town]
        return [self.place(village=v.slug) for v in home.villages if v.short == home.short]

    def _one_of(self, options: Sequence[Place]) -> Place:
        if len(options) <= 1:
            return options[0] if options else UNKNOWN
        towns = {option.town for option in options}
        shared = self.place(town=options[0].town) if len(towns) == 1 else UNKNOWN
        return Place(shared.town, candidates=tuple(options), name=shared.name)


def _unique(slugs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(slugs))


def _is_written_out(mentions: Sequence[Mention]) -> bool:
    return any(form.strength is Strength.FULL for mention in mentions for form in mention.forms)
