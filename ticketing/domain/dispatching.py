"""The dispatch catalogue as people edit it: matter × area → lead and support; what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ticketing.domain.data_rows import Row, row
from ticketing.domain.units import TOWN, VILLAGE, Directory, Level
from ticketing.domain.vocabulary import Category

_LEVELS = tuple(Level)[::-1]


@dataclass(frozen=True, slots=True)
class Local:
    """What holds in one town instead."""

    #: Slug of the town's unit.
    town: str
    lead: str
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatterRule:
    """Who gets tickets of one matter."""

    #: Links from the nearest unit to the highest: the first that the place allows leads, the next is asked
    #: when nobody takes the ticket.
    chain: tuple[str, ...]
    #: Instead of ``chain`` when the person concerned is under 18; empty: the same.
    minor_chain: tuple[str, ...] = ()
    #: Units that take part (协办); "town" stands for the town of the place.
    support: tuple[str, ...] = ()
    local: tuple[Local, ...] = ()

    def in_town(self, town: str) -> Local | None:
        """What holds in a town instead of the rule; None when nothing is said."""
        return next((one for one in self.local if one.town == town), None)


type Rules = Mapping[Category, MatterRule]


@dataclass(frozen=True, slots=True)
class DispatchFault:
    """One thing wrong with a rule; the sentence is ``dispatch.fault_<code>``."""

    code: str
    #: The link or unit it is about; empty when it is about the whole.
    link: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One part of one matter's rule that differs between two versions."""

    category: Category
    #: chain, minor_chain, support, or the slug of a town's unit.
    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def rule_of(data: Row) -> MatterRule:
    """A rule told by a file or a stored version; raises DataFault."""
    return MatterRule(
        chain=data.texts("chain"),
        minor_chain=data.texts("minor_chain"),
        support=data.texts("support"),
        local=tuple(
            Local(one.text("town"), one.text("lead"), one.texts("support")) for one in data.rows("local")
        ),
    )


def rules_of(content: Mapping[str, object], where: str) -> dict[Category, MatterRule]:
    """All rules of a stored version; a matter that no longer exists is left out."""
    named = row(content, where)
    return {
        Category(slug): rule_of(row(value, f"{where}: {slug}"))
        for slug, value in named.values.items()
        if slug in set(Category)
    }


def content_of(rules: Rules) -> dict[str, Any]:
    """The rules as they are stored."""
    return {category.value: _stored(rule) for category, rule in rules.items()}


def _stored(rule: MatterRule) -> dict[str, Any]:
    local = [{"town": one.town, "lead": one.lead, "support": list(one.support)} for one in rule.local]
    return {
        "chain": list(rule.chain),
        "minor_chain": list(rule.minor_chain),
        "support": list(rule.support),
        "local": local,
    }


def faults(category: Category, rule: MatterRule, directory: Directory) -> tuple[DispatchFault, ...]:
    """All that is wrong with a rule; empty when it may hold."""
    found = [*_chain_faults(category, rule.chain, directory)]
    if rule.minor_chain:
        found += _chain_faults(category, rule.minor_chain, directory)
    found += _support_faults(rule.support, rule.chain[:1], directory)
    found += _local_faults(category, rule.local, directory)
    return tuple(dict.fromkeys(found))


def _chain_faults(category: Category, chain: Sequence[str], directory: Directory) -> Iterator[DispatchFault]:
    if not chain:
        yield DispatchFault("chain_empty")
        return
    for link in chain:
        if not _is_link(link, directory):
            yield DispatchFault("unknown_link", link)
        elif directory.is_above_hotline(link):
            yield DispatchFault("above_hotline", link)
        elif directory.is_pushed_down(category, link):
            yield DispatchFault("pushed_down", link)
    if chain[-1] != directory.hotline:
        yield DispatchFault("not_to_hotline", chain[-1])
    if len(set(chain)) < len(chain):
        yield DispatchFault("link_twice")
    heights = [_LEVELS.index(level) for link in chain if (level := directory.level(link)) is not None]
    if heights != sorted(heights):
        yield DispatchFault("goes_down")


def _is_link(link: str, directory: Directory) -> bool:
    """A chain holds everywhere: it names places by their kind and units of the city by their slug."""
    return link in {VILLAGE, TOWN} or directory.level(link) is Level.CITY


def _support_faults(
    support: Sequence[str], leads: Sequence[str], directory: Directory
) -> Iterator[DispatchFault]:
    for link in support:
        if directory.level(link) is None or link == VILLAGE:
            yield DispatchFault("unknown_link", link)
        elif directory.is_above_hotline(link):
            yield DispatchFault("above_hotline", link)
        if link in leads:
            yield DispatchFault("leads_and_supports", link)
    if len(set(support)) < len(support):
        yield DispatchFault("link_twice")


def _local_faults(
    category: Category, local: Sequence[Local], directory: Directory
) -> Iterator[DispatchFault]:
    served = {unit.slug for unit in directory.towns()}
    for one in local:
        if one.town not in served:
            yield DispatchFault("unknown_town", one.town)
        if one.lead not in directory.units:
            yield DispatchFault("unknown_link", one.lead)
        elif directory.is_above_hotline(one.lead):
            yield DispatchFault("above_hotline", one.lead)
        elif directory.is_pushed_down(category, one.lead):
            yield DispatchFault("pushed_down", one.lead)
        yield from _support_faults(one.support, (one.lead,), directory)
    if len({one.town for one in local}) < len(local):
        yield DispatchFault("town_twice")


def changes(before: Rules, after: Rules) -> tuple[Change, ...]:
    """What differs between two versions, matter by matter."""
    return tuple(
        Change(category, part, was.get(part, ()), now.get(part, ()))
        for category in Category
        for was, now in [(_parts(before.get(category)), _parts(after.get(category)))]
        for part in {**was, **now}
        if was.get(part, ()) != now.get(part, ())
    )


def _parts(rule: MatterRule | None) -> dict[str, tuple[str, ...]]:
    if rule is None:
        return {}
    whole = {"chain": rule.chain, "minor_chain": rule.minor_chain, "support": rule.support}
    return {**whole, **{one.town: (one.lead, *one.support) for one in rule.local}}
