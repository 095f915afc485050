"""A paper that people read: sections of tables and bars, the same for page, spreadsheet and print."""

from dataclasses import dataclass

type Cell = str | int


@dataclass(frozen=True, slots=True)
class Column:
    """One column; columns side by side with the same ``group`` stand under one heading."""

    title: str
    group: str = ""
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; ``total`` is the last row, set apart."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Upper headings with how many columns each spans; empty when no column has one."""
        if not any(column.group for column in self.columns):
            return ()
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``words`` is its value as printed."""

    label: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars; ``words`` tells the same to who cannot see it."""

    title: str
    bars: tuple[Bar, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    title: str
    table: Table | None = None
    bars: Bars | None = None
    #: Sentences below.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole; ``raw`` are the rows it was reckoned from, for the spreadsheet only."""

    title: str
    #: Sentences below the title.
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    raw: Section
    #: Name for saving, without ending.
    file_name: str
