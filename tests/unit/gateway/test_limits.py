"""A flood is slowed down, and patience is rewarded."""

from bot.channels.webchat_limits import REMEMBERED_KEYS, Limiter


def a_limiter(at_s: list[float]) -> Limiter:
    """Three at once, then one every ten seconds; ``at_s`` is its clock."""
    return Limiter(burst=3, per_minute=6, monotonic_s=lambda: at_s[0])


def test_some_at_once_are_allowed_then_one_after_each_wait() -> None:
    at_s = [0.0]
    limiter = a_limiter(at_s)

    at_once = [limiter.take("one") for _ in range(4)]
    at_s[0] = 10.0
    later = [limiter.take("one") for _ in range(2)]

    assert at_once == [True, True, True, False]
    assert later == [True, False]


def test_everybody_is_counted_apart() -> None:
    limiter = a_limiter([0.0])
    for _ in range(3):
        limiter.take("one")

    assert limiter.is_empty("one")
    assert not limiter.is_empty("two")


def test_memory_is_bounded() -> None:
    limiter = a_limiter([0.0])
    for number in range(REMEMBERED_KEYS + 10):
        limiter.take(str(number))

    assert not limiter.is_empty("0")
    assert len(limiter._buckets) <= REMEMBERED_KEYS + 1  # noqa: SLF001 - what is promised is about memory
