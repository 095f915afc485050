"""Typed reading of what a data file holds; a wrong field is named with its place in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ticketing.domain.errors import DataFault


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping of a data file; ``where`` tells its place for complaints."""

    values: Mapping[str, object]
    where: str

    def text(self, key: str, default: str | None = None) -> str:
        """Value of ``key``; raises DataFault if it is missing without ``default`` or no text."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise DataFault(detail=f"{self.where}: {key} must be text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """List of texts under ``key``; empty when missing."""
        return tuple(self._text_item(item, key) for item in self._items(key))

    def flag(self, key: str) -> bool:
        """Truth of ``key``; False when missing."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise DataFault(detail=f"{self.where}: {key} must be true or false")
        return value

    def number(self, key: str) -> int:
        """Whole number under ``key``."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise DataFault(detail=f"{self.where}: {key} must be a whole number")
        return value

    def row(self, key: str) -> "Row":
        """Mapping under ``key``."""
        return row(self.values.get(key), f"{self.where}: {key}")

    def rows(self, key: str) -> tuple["Row", ...]:
        """List of mappings under ``key``; empty when missing."""
        return tuple(row(item, f"{self.where}: {key}[{i}]") for i, item in enumerate(self._items(key)))

    def named_rows(self, key: str) -> Mapping[str, "Row"]:
        """Mapping of mappings under ``key``."""
        inner = self.row(key)
        return {name: row(value, f"{inner.where}.{name}") for name, value in inner.values.items()}

    def has(self, key: str) -> bool:
        """Whether the file says anything under ``key``."""
        return self.values.get(key) is not None

    def _items(self, key: str) -> Sequence[object]:
        value = self.values.get(key, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise DataFault(detail=f"{self.where}: {key} must be a list")
        return value

    def _text_item(self, item: object, key: str) -> str:
        if not isinstance(item, str):
            raise DataFault(detail=f"{self.where}: {key} must be a list of texts")
        return item


def row(value: object, where: str) -> Row:
    """``value`` as a row; raises DataFault if it is no mapping with text keys."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise DataFault(detail=f"{where} must be a mapping")
    return Row(value, where)
