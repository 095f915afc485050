"""Votes on answers and questions left open, on the real ledger."""

from datetime import timedelta

import pytest

from tests.factories import FakeClock, a_member, a_risk_arrival, an_arrival
from tests.integration.console_desk import CITY
from ticketing.bootstrap import Runtime
from ticketing.domain.answer_marks import AnswerMark, Gap
from ticketing.domain.errors import BadInput, NotPermitted
from ticketing.domain.feedback import AnswerNotFound, GroupChanged, GroupNotFound, GroupState, Reason, vote_of
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import ChatLine, StoredReply
from ticketing.domain.vocabulary import Channel

ANSWER = AnswerMark("dibao", "amount", "0123456789ab", {"monthly_standard": 7})
NOT_ANSWERED = AnswerMark(gap=Gap.NOTHING)
WEB = Channel.WEB


@pytest.fixture
def editor(runtime: Runtime) -> Actor:
    """Somebody who may edit."""
    return a_member(runtime, role=Role.OPERATOR, unit=CITY, name="李编辑")


def asked(runtime: Runtime, text: str, *, peer: str = "peer", mark: AnswerMark | None = ANSWER) -> ChatLine:
    """A question and what was answered; the answer's line."""
    receipt = runtime.intake.receive(an_arrival(text, peer=peer))
    runtime.intake.record_replies(receipt.message_id, [StoredReply("回答", ("按钮",), mark)])
    return runtime.chats.lines_of(WEB, peer, receipt.message_id)[-1]


def vote(runtime: Runtime, line: ChatLine, word: str, *, peer: str = "peer") -> None:
    """What the resident taps."""
    told = vote_of(word)
    assert told is not None
    runtime.editing.feedback.vote(WEB, peer, line.id, told)


def test_a_vote_is_kept_once_with_what_was_answered_and_can_be_changed(
    runtime: Runtime, editor: Actor
) -> None:
    line = asked(runtime, "电话13856301234，低保多少钱")

    for word in ("up", "down", "down.outdated"):
        vote(runtime, line, word)

    (count,) = runtime.editing.feedback.counts(editor)
    assert (count.topic, count.up, count.down, count.reasons) == ("dibao", 0, 1, {Reason.OUTDATED: 1})
    (bad,) = runtime.editing.feedback.bad_answers(editor, "dibao")
    assert (bad.question, bad.answer, bad.aspect) == ("电话＊，低保多少钱", "回答", "amount")
    assert (bad.revision, bad.facts) == ("0123456789ab", {"monthly_standard": 7})


def test_a_vote_is_no_line_of_the_chat_and_leaves_the_bot_as_it_stood(runtime: Runtime) -> None:
    line = asked(runtime, "低保多少钱")
    before = runtime.chats.lines_of(WEB, "peer", 0)

    vote(runtime, line, "down.hard")

    after = runtime.chats.lines_of(WEB, "peer", 0)
    assert [one.id for one in after] == [one.id for one in before]
    assert (after[-1].topic, after[-1].vote, after[-1].reason) == ("dibao", "down", "hard")


def test_only_who_was_answered_votes_and_only_on_answers(runtime: Runtime) -> None:
    line = asked(runtime, "低保多少钱")
    greeting = asked(runtime, "你好", mark=None)

    for peer, number in [("other", line.id), ("peer", greeting.id), ("peer", line.id - 1), ("peer", 10**9)]:
        with pytest.raises(AnswerNotFound):
            runtime.editing.feedback.vote(WEB, peer, number, vote_of("up"))  # type: ignore[arg-type]  # it is one


def test_questions_left_open_and_badly_answered_come_together_by_people(
    runtime: Runtime, editor: Actor, clock: FakeClock
) -> None:
    asked(runtime, "坟前能不能烧纸", peer="a", mark=NOT_ANSWERED)
    clock.advance(timedelta(days=40))
    for peer in ("a", "b", "b"):
        asked(runtime, "现在坟前还能烧纸吗，电话13856301234", peer=peer, mark=NOT_ANSWERED)
    vote(runtime, asked(runtime, "老屋漏雨哪个部门修", peer="c"), "down.off_topic", peer="c")
    vote(runtime, asked(runtime, "低保多少钱", peer="c"), "up", peer="c")

    burning, roof = runtime.editing.open_questions.groups(editor)

    assert (burning.leader, burning.people, burning.people_before) == ("坟前能不能烧纸", 2, 1)
    assert (burning.unanswered, burning.bad) == (3, 0)
    assert (roof.leader, roof.people, roof.unanswered, roof.bad) == ("老屋漏雨哪个部门修", 1, 0, 1)
    sheet = runtime.editing.open_questions.sheet(editor, burning.id)
    assert sheet.questions == ("现在坟前还能烧纸吗，电话＊", "坟前能不能烧纸")


def test_people_at_risk_are_never_on_the_list(runtime: Runtime, editor: Actor) -> None:
    receipt = runtime.intake.receive(a_risk_arrival("邻居天天打孩子"))
    runtime.intake.record_replies(receipt.message_id, [StoredReply("没听懂", (), NOT_ANSWERED)])

    assert runtime.editing.open_questions.groups(editor) == []


def test_whoever_takes_his_bad_word_back_does_not_count(runtime: Runtime, editor: Actor) -> None:
    line = asked(runtime, "老屋漏雨哪个部门修")
    vote(runtime, line, "down")
    assert len(runtime.editing.open_questions.groups(editor)) == 1

    vote(runtime, line, "up")
    asked(runtime, "别的什么", peer="b", mark=NOT_ANSWERED)

    assert [one.leader for one in runtime.editing.open_questions.groups(editor)] == ["别的什么"]


def test_a_group_becomes_examples_a_wish_for_an_item_or_is_settled(
    runtime: Runtime, editor: Actor, clock: FakeClock
) -> None:
    asked(runtime, "吃饭钱咋领", mark=NOT_ANSWERED)
    desk = runtime.editing.open_questions
    (group,) = desk.groups(editor)

    given = desk.give_examples(editor, group.id, ["吃饭钱咋领", "吃饭的钱"], topic="dibao", version=1)

    assert given == 2
    assert [one.text for one in runtime.learning.examples_of_editors()] == ["吃饭钱咋领", "吃饭的钱"]
    clock.advance(timedelta(days=1))
    asked(runtime, "吃饭钱咋领呢", peer="b", mark=NOT_ANSWERED)
    (after,) = desk.groups(editor)
    assert (after.state, after.topic, after.people_since) == (GroupState.EXAMPLES, "dibao", 1)
    assert after.decided_name == "李编辑"
    desk.ask_for_item(editor, group.id, note="写一条，电话13856301234", version=2)
    assert desk.groups(editor)[0].note == "写一条，电话＊"
    desk.settle(editor, group.id, note="", version=3)
    assert desk.groups(editor)[0].state is GroupState.HANDLED


def test_two_editors_do_not_overwrite_each_other(runtime: Runtime, editor: Actor) -> None:
    asked(runtime, "吃饭钱咋领", mark=NOT_ANSWERED)
    desk = runtime.editing.open_questions
    (group,) = desk.groups(editor)
    desk.settle(editor, group.id, note="", version=group.version)

    with pytest.raises(GroupChanged) as caught:
        desk.ask_for_item(a_member(runtime, role=Role.ADMIN), group.id, note="写", version=group.version)

    assert caught.value.params["name"] == "李编辑"
    assert desk.groups(editor)[0].state is GroupState.HANDLED


def test_what_cannot_be_is_refused(runtime: Runtime, editor: Actor) -> None:
    asked(runtime, "吃饭钱咋领", mark=NOT_ANSWERED)
    desk = runtime.editing.open_questions
    (group,) = desk.groups(editor)

    with pytest.raises(NotPermitted):
        desk.groups(a_member(runtime))
    with pytest.raises(NotPermitted):
        runtime.editing.feedback.counts(a_member(runtime))
    with pytest.raises(GroupNotFound):
        desk.sheet(editor, 10**9)
    with pytest.raises(BadInput):
        desk.ask_for_item(editor, group.id, note=" ", version=1)
    with pytest.raises(BadInput):
        desk.give_examples(editor, group.id, [], topic="dibao", version=1)
    with pytest.raises(BadInput):
        desk.settle(editor, group.id, note="字" * 301, version=1)


def test_what_an_editor_gave_is_found_before_any_training(runtime: Runtime, editor: Actor) -> None:
    assert runtime.search.look_up("吃饭钱咋领", None).topics == ()

    runtime.learning.add(editor, ["吃饭钱咋领", "吃饭钱怎么领", "吃饭钱"], topic="dibao", aspect=None)

    assert runtime.search.look_up("随便", None).topics == ()
    runtime.search.look_again()
    found = runtime.search.look_up("吃饭钱咋领", None)
    assert found.answered == "dibao" or "dibao" in found.topics


def test_an_answer_by_words_shows_its_sources_and_what_it_rests_on(runtime: Runtime) -> None:
    sure = runtime.search.look_up("屋里老人过了八十岁发的高龄津贴", "amount")
    offer = runtime.search.look_up("护理补贴", None)
    nothing = runtime.search.look_up("嘟嘟嘟哒哒哒", None)

    assert sure.answer is not None
    assert sure.answered == "elderly_allowance"
    assert "我猜您问的是" in sure.answer.text
    assert "依据" in sure.answer.text
    assert sure.answer.mark is not None
    assert len(sure.answer.mark.revision) == 12
    assert offer.answer is None
    assert {"disability_allowance", "elderly_care_subsidy"} <= set(offer.topics)
    assert offer.text.count("依据：") == len(offer.topics)
    assert (nothing.answer, nothing.topics) == (None, ())
    assert "不敢乱说" in nothing.text
