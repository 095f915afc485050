"""What the city may set about pauses, more time, and the top of the ladder."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.domain.data_rows import row
from ticketing.domain.vocabulary import Risk


@dataclass(frozen=True, slots=True)
class TimingRules:
    """What the data file says of clocks that are stopped or given more time."""

    #: Clocks of tickets at these risks are never paused.
    unpausable: frozenset[Risk]
    #: So many working days may be asked for at once.
    workdays_max: int
    #: The unit that is told when even the highest of the chain does not take a ticket; it takes none itself.
    top_unit: str

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> "TimingRules":
        """Rules of the data file; raises DataFault."""
        rules = row(data, "timing.yml")
        return cls(
            unpausable=frozenset(Risk(risk) for risk in rules.texts("unpausable_risks")),
            workdays_max=rules.number("extension_workdays_max"),
            top_unit=rules.text("top_unit"),
        )
