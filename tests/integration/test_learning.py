"""Editors give questions to learn from; training reads those that stand."""

import pytest

from tests.factories import a_member
from tests.integration.console_desk import CITY
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import BadInput, NotPermitted, PolicyNotFound
from ticketing.domain.staff import Role


def test_what_editors_give_is_read_for_training_once_each_without_who_asked(runtime: Runtime) -> None:
    editor = a_member(runtime, role=Role.OPERATOR, unit=CITY, name="李编辑")
    asked = ["我家[老头子]的吃饭钱咋领，电话13856301234", "吃饭钱咋领"]

    added = runtime.learning.add(editor, asked, topic="dibao", aspect="procedure")
    again = runtime.learning.add(editor, ["吃饭钱咋领"], topic="tekun", aspect=None)

    given = runtime.learning.examples_of_editors()
    assert (added, again) == (2, 0)
    assert [(one.text, one.topic, one.aspect, one.added_name) for one in given] == [
        ("我家 老头子 的吃饭钱咋领，电话＊", "dibao", "procedure", "李编辑"),
        ("吃饭钱咋领", "dibao", "procedure", "李编辑"),
    ]


def test_what_was_withdrawn_is_not_learned_and_may_be_given_to_another_item(runtime: Runtime) -> None:
    editor = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    runtime.learning.add(editor, ["吃饭钱咋领"], topic="dibao", aspect=None)
    first = runtime.learning.examples(editor)[0]

    assert runtime.learning.withdraw(editor, first.id)
    assert not runtime.learning.withdraw(editor, first.id)
    assert runtime.learning.examples_of_editors() == []
    assert runtime.learning.add(editor, ["吃饭钱咋领"], topic="tekun", aspect=None) == 1


def test_only_editors_give_and_only_what_can_be_learned(runtime: Runtime) -> None:
    editor, worker = a_member(runtime, role=Role.OPERATOR, unit=CITY), a_member(runtime)

    with pytest.raises(NotPermitted):
        runtime.learning.add(worker, ["吃饭钱咋领"], topic="dibao", aspect=None)
    with pytest.raises(PolicyNotFound):
        runtime.learning.add(editor, ["吃饭钱咋领"], topic="moon", aspect=None)
    with pytest.raises(BadInput):
        runtime.learning.add(editor, ["吃饭钱咋领"], topic="dibao", aspect="moon")
    with pytest.raises(BadInput):
        runtime.learning.add(editor, ["字" * 201], topic="dibao", aspect=None)
    assert runtime.learning.examples_of_editors() == []
