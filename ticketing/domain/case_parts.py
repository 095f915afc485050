"""What of a child's case file somebody may read: all of it, or the parts that a referral names."""

from collections.abc import Collection, Iterable, Mapping

from ticketing.domain.referrals import ReferralState, ReferralView

#: Reports to the police and situations; every other part is the slug of a form.
POLICE = "police"
#: The form in which a decision is awaited when nobody can care for the child.
GUARDIANSHIP = "guardianship"
#: Entries of a ticket's history that tell of the file. None: why no report is made, for nobody else.
_PART_OF: Mapping[str, str | None] = {
    "report_police": POLICE,
    "mark_situation": POLICE,
    "ask_waiver": None,
    "sign_waiver": None,
    "ask_decision": GUARDIANSHIP,
}
WRITTEN = "write_record"

#: None: the whole file.
type Parts = frozenset[str] | None


def shown_to(unit: str, referrals: Iterable[ReferralView]) -> frozenset[str]:
    """Parts that referrals show to a unit: only what each names, and only from its acceptance to its end."""
    accepted = (one for one in referrals if one.target == unit and one.state is ReferralState.ACCEPTED)
    return frozenset(part for one in accepted for part in one.shows)


def is_in(part: str, parts: Parts) -> bool:
    """Whether a part is among those that may be read."""
    return parts is None or part in parts


def tells_nothing_else(kind: str, data: Mapping[str, str], parts: Parts) -> bool:
    """Whether an entry of the history says no more of the file than somebody may read of it."""
    if parts is None or kind not in {WRITTEN, *_PART_OF}:
        return True
    part = data.get("form", "") if kind == WRITTEN else _PART_OF[kind]
    return part is not None and part in parts


def unknown(parts: Iterable[str], forms: Collection[str]) -> set[str]:
    """What is no part of any file."""
    return set(parts) - {POLICE, *forms}
