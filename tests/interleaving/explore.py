"""Every order in which several people's looks and acts can happen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.interleaving.model import Fault, Op, State, act, broken

NO_FAULTS: frozenset[Fault] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One person looks, or acts on what was last seen."""

    who: int
    #: None: looks.
    op: Op | None


@dataclass(slots=True)
class Explored:
    """What a search went through."""

    schedules: int = 0
    states: set[State] = field(default_factory=set)
    #: Promise → one schedule that breaks it.
    broken: dict[str, tuple[Step, ...]] = field(default_factory=dict)


def script(who: int, ops: Sequence[Op]) -> tuple[Step, ...]:
    """A person looks before each act."""
    return tuple(step for op in ops for step in (Step(who, None), Step(who, op)))


def orders[S](scripts: Sequence[tuple[S, ...]]) -> Iterator[tuple[S, ...]]:
    """All interleavings of the scripts."""
    if not any(scripts):
        yield ()
        return
    for index, one in enumerate(scripts):
        if one:
            rest = [*scripts[:index], one[1:], *scripts[index + 1 :]]
            yield from ((one[0], *after) for after in orders(rest))


def run(
    start: State, schedule: Sequence[Step], faults: frozenset[Fault] = NO_FAULTS
) -> Iterator[tuple[State, bool]]:
    """State after each step, and whether it was done."""
    state = start
    seen: Mapping[int, tuple[int, int]] = {}
    for step in schedule:
        if step.op is None:
            seen = {**seen, step.who: (state.tickets[0].version, state.tickets[1].version)}
            yield state, True
            continue
        outcome = act(state, step.who, step.op, seen=seen[step.who], faults=faults)
        state = outcome.state
        yield state, outcome.done


def explore(
    start: State, scripts: Sequence[tuple[Step, ...]], into: Explored, faults: frozenset[Fault] = NO_FAULTS
) -> Explored:
    """Go through all orders of the scripts from one beginning."""
    for schedule in orders(scripts):
        into.schedules += 1
        for state, _ in run(start, schedule, faults):
            into.states.add(state)
            for name in broken(state):
                into.broken.setdefault(name, schedule)
    return into
