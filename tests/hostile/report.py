"""What came of hostile inputs, in a few lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.measuring import MILLISECONDS
from tests.hostile.talking import Said, in_lines

SHARES = (0.5, 0.95, 0.99)
SLOWEST_SHOWN = 10
FAULTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that was seen."""

    said: tuple[Said, ...]
    #: All in the database at the end: what each is about, and what was said last before it.
    tickets: tuple[str, ...]
    #: Conversations left for a person, and those that the second look put on its list.
    waiting: int
    looked: int
    #: Lines about errors in the logs, and how often each warning came.
    troubles: tuple[str, ...]
    warnings: Counter[str]

    def faults(self) -> list[str]:
        """Every broken promise, in a line."""
        tickets = [f"a ticket from noise alone: {one}" for one in self.tickets]
        return [*tickets, *in_lines(self.said), *self.troubles]

    def percentile_ms(self, share: float) -> float:
        """Milliseconds within which ``share`` of the replies came."""
        ordered = sorted(one.seconds for one in self.said)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * MILLISECONDS


def told(outcome: Outcome) -> str:
    """The report."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    statuses = Counter(one.status for one in outcome.said)
    percentiles = ", ".join(
        f"p{share * 100:g} {outcome.percentile_ms(share):.0f} ms" for share in (0.5, 0.95, 0.99)
    )
    yield f"{len(outcome.said):,} messages: {percentiles}, slowest {outcome.percentile_ms(1):.0f} ms"
    yield f"statuses: {', '.join(f'{status} {count:,}' for status, count in statuses.most_common())}"
    yield f"tickets: {len(outcome.tickets)}; conversations that wait for a person: {outcome.waiting}"
    yield f"conversations put on the list of doubtful ones when read again: {outcome.looked}"
    yield f"lines about errors in the logs: {len(outcome.troubles)}"
    yield from (f"warned {count} times: {line}" for line, count in outcome.warnings.most_common())
    yield "slowest:"
    slowest = sorted(outcome.said, key=lambda one: one.seconds, reverse=True)[:SLOWEST_SHOWN]
    yield from (f"  {one.seconds * MILLISECONDS:5.0f} ms  {one.status}  {one.name}" for one in slowest)
    faults = outcome.faults()
    yield f"broken promises: {len(faults)}"
    yield from (f"  {fault}" for fault in faults[:FAULTS_SHOWN])
