"""A decision table: which question next, which row in the end, and how a faulty table is found out."""

from dataclasses import replace

from ticketing.domain.eligibility import (
    SKIPPED,
    Check,
    Ground,
    Kind,
    Means,
    Option,
    Outcome,
    Question,
    Row,
    decided,
    gaps,
    next_question,
    overlaps,
    paths,
)

GROUND = Ground("条件", "S1", ("law 第1条",))


def a_question(key: str, *options: str) -> Question:
    return Question(
        key, Kind.CHOICE, key, tuple(Option(one, one, Means.OPEN) for one in options), condition=GROUND
    )


def cells(**answers: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(value.split()) for key, value in answers.items()}


POOR, OWNS = a_question("poor", "yes", "no"), a_question("owns", "much", "little")
DAY = Question("day", Kind.DAY, "day", (), condition=None, for_sum=True)
TABLE = (
    Row(cells(poor="no"), Outcome.UNLIKELY),
    Row(cells(poor="yes", owns="little"), Outcome.LIKELY),
    Row(cells(poor="yes", owns="much -"), Outcome.MORE),
    Row(cells(poor=SKIPPED), Outcome.MORE),
)
CHECK = Check("topic", "start here", (POOR, OWNS, DAY), TABLE)


def test_a_sound_table_covers_every_combination_once() -> None:
    assert gaps(CHECK) == []
    assert overlaps(CHECK) == []


def test_a_missing_row_is_found_with_its_combinations() -> None:
    holed = replace(CHECK, table=TABLE[:-1])

    assert {answers["poor"] for answers in gaps(holed)} == {SKIPPED}


def test_two_rows_for_one_combination_are_found() -> None:
    doubled = replace(CHECK, table=(*TABLE, Row(cells(owns="much"), Outcome.LIKELY)))

    assert {"poor": "yes", "owns": "much"} in overlaps(doubled)


def test_nothing_is_asked_that_cannot_change_the_outcome() -> None:
    assert next_question(CHECK, {}) == POOR
    assert next_question(CHECK, {"poor": "yes"}) == OWNS
    assert next_question(CHECK, {"poor": "no"}) is None


def test_what_only_serves_the_computation_is_asked_last_and_not_in_vain() -> None:
    assert next_question(CHECK, {"poor": "yes", "owns": "little"}) == DAY
    assert next_question(CHECK, {"poor": "no"}) is None


def test_a_question_with_a_condition_waits_for_it() -> None:
    waiting = replace(DAY, only_if={"owns": frozenset({"much"})})
    check = replace(CHECK, questions=(POOR, OWNS, waiting))

    assert next_question(check, {"poor": "yes", "owns": "little"}) is None
    assert next_question(check, {"poor": "yes", "owns": "much"}) == waiting


def test_an_interview_comes_to_the_row_that_the_whole_table_gives() -> None:
    for answers in paths(CHECK):
        whole = {question.key: answers.get(question.key, SKIPPED) for question in CHECK.table_questions}
        assert decided(CHECK, answers) == decided(CHECK, whole)
