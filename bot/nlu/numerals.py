"""Numbers as people write them: 12, 一百二十, 3.5万."""

from bot.nlu.lexicon import EntityLexicon

_TEN = 10


def number(written: str, lexicon: EntityLexicon) -> float | None:
    """Value of a number in digits or Chinese numerals; ``None`` where it is neither.

    Colloquial short forms are read as spoken: 两百五 is 250, 一万二 is 12000.
    """
    total, rest = 0.0, written
    for sign, size in sorted(lexicon.myriads.items(), key=lambda item: -item[1]):
        head, found, tail = rest.partition(sign)
        if found:
            value = _below_myriad(head, lexicon)
            if value is None:
                return None
            total += value * size
            rest = tail
            if len(tail) == 1 and tail in lexicon.digits:
                return total + lexicon.digits[tail] * size / _TEN
    value = _below_myriad(rest, lexicon) if rest else 0.0
    return None if value is None or not written else total + value


def _below_myriad(written: str, lexicon: EntityLexicon) -> float | None:
    try:
        return float(written)
    except ValueError:
        return _spoken(written, lexicon)


def _spoken(written: str, lexicon: EntityLexicon) -> float | None:
    total, digit, last_unit = 0, -1, 0
    for sign in written:
        if sign in lexicon.digits:
            digit = lexicon.digits[sign]
        elif sign in lexicon.units:
            last_unit = lexicon.units[sign]
            total += (1 if digit < 0 else digit) * last_unit
            digit = -1
        else:
            return None
    if digit < 0:
        return float(total)
    colloquial = last_unit > _TEN and written[-2] in lexicon.units
    return float(total + digit * (last_unit // _TEN if colloquial else 1))
