"""Questions that are alike: one leader for each group, in the order in which they were asked.

A question joins the group whose leader is nearest by the cosine of its weighted terms, if near enough; else
it leads a group of its own. Nothing is ever regrouped: what an editor decided about a group stays true.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

#: On 1,500 training questions of all items a third come into groups of three or more, and 95 of 100 of
#: these are about the item of most of their group; a test holds both.
ALIKE_FROM = 0.25

type Vector = Mapping[str, float]


class Leaders:
    """The leaders so far."""

    def __init__(self, leaders: Iterable[tuple[int, Vector]] = ()) -> None:
        """Start with the groups there are."""
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for group_id, vector in leaders:
            self.add(group_id, vector)

    def add(self, group_id: int, vector: Vector) -> None:
        """From now on questions may join this group."""
        for term, weight in unit(vector).items():
            self._weights[term].append((group_id, weight))

    def nearest(self, vector: Vector) -> int | None:
        """The group a question belongs to; None if it is like none. Of two as near the older."""
        likeness: dict[int, float] = defaultdict(float)
        for term, weight in unit(vector).items():
            for group_id, others in self._weights.get(term, ()):
                likeness[group_id] += weight * others
        best = max(likeness.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        return best[0] if best[1] >= ALIKE_FROM else None


def unit(vector: Vector) -> Vector:
    """The vector with length 1; an empty one stays empty."""
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}
