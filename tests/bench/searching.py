"""How long an answer and a search take with 100, 1,000 and 10,000 items; needs no server.

Run: python -m tests.bench.searching

The items are those there are, again and again under other names, so every common word stands in a 34th of
them: the worst there can be. Measured in the process's own time, so that a busy machine changes little.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import cycle, islice

from ticketing.bootstrap import ASKED, DATA
from ticketing.knowledge.asked import load_questions
from ticketing.knowledge.items import PolicyItem, Shelf
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import load_shelf
from ticketing.knowledge.search import Questions

SIZES = (34, 100, 1_000, 10_000)
ROUNDS = 300
#: So many of its questions every item is found by.
QUESTIONS_EACH = 5
TODAY = date(2026, 11, 23)


def main() -> None:
    """Print a line for each size."""
    shelf, asked = load_shelf(DATA / "policies"), load_questions(ASKED)
    texts = [text for questions in asked.values() for text in questions[QUESTIONS_EACH:]]
    step = len(texts) // ROUNDS
    for size in SIZES:
        measure(of_size(shelf, size), of_questions(asked, size), texts[::step][:ROUNDS])


def measure(shelf: Shelf, asked: Questions, texts: Sequence[str]) -> None:
    """Answer and search."""
    knowledge = Knowledge(shelf, questions=lambda: asked)
    topics = tuple(shelf.items)
    begun = time.process_time()
    knowledge.search(texts[0], 3)
    built_s = time.process_time() - begun
    found = spans([partial(knowledge.search, text, 3) for text in texts])
    answered = spans(
        [
            partial(knowledge.answer, topics[at * 7 % len(topics)], "materials", today=TODAY)
            for at in range(len(texts))
        ]
    )
    sys.stdout.write(
        f"{len(topics):>6} items: index {built_s:.1f} s; search p50 {at(found, 50):.2f} ms, "
        f"p95 {at(found, 95):.2f} ms; answer p50 {at(answered, 50):.3f} ms, p95 {at(answered, 95):.3f} ms\n"
    )
    sys.stdout.flush()


def of_size(shelf: Shelf, size: int) -> Shelf:
    """The items again and again, each under a name of its own."""
    items = list(islice(cycle(shelf.items.values()), size))
    return replace(shelf, items={one.slug: one for one in map(renamed, items, range(size))})


def renamed(item: PolicyItem, number: int) -> PolicyItem:
    """The item under another name."""
    return replace(item, slug=f"{item.slug}_{number}", title=f"{item.title}{number}")


def of_questions(asked: Questions, size: int) -> Questions:
    """Some questions for each of the items."""
    listed = [(topic, list(texts)) for topic, texts in asked.items()]
    return {
        f"{topic}_{number}": texts[:QUESTIONS_EACH]
        for number, (topic, texts) in enumerate(islice(cycle(listed), size))
    }


def spans(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call, sorted."""
    taken = []
    for call in calls:
        begun = time.thread_time()
        call()
        taken.append((time.thread_time() - begun) * 1000)
    return sorted(taken)


def at(sorted_spans: Sequence[float], percent: int) -> float:
    """A percentile."""
    return sorted_spans[min(len(sorted_spans) - 1, len(sorted_spans) * percent // 100)]


if __name__ == "__main__":
    main()
