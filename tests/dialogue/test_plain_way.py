"""Whether the gateway answers a plain question itself or asks the dialogue, the resident hears the same."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot.gateway import Gateway
from bot.rasa_client import RasaClient
from bot.spool import Spool
from tests.dialogue.conftest import Heard, Resident
from tests.fakes.answers import NoAnswers
from ticketing.bootstrap import Runtime
from ticketing.domain.feedback import Reason, Verdict, Vote
from ticketing.domain.vocabulary import Channel

#: Conversations in which plain questions meet everything else that may be going on.
TALKS = [
    pytest.param(("低保是什么", "那要带什么材料", "到哪里办"), id="follow-ups"),
    pytest.param(("低保怎么申请，还有高龄津贴一个月多少钱？", "要带什么材料"), id="two-at-once"),
    pytest.param(("那要带什么材料", "临时救助是什么", "那要带什么材料"), id="detail-before-any-topic"),
    pytest.param(("低保是什么", "嘟嘟嘟哒哒哒", "结婚登记怎么办", "嘟嘟哒哒嘟"), id="not-understood-between"),
    pytest.param(("嘟嘟嘟哒哒哒", "嘟嘟哒哒嘟", "低保是什么", "要"), id="an-offer-left-open"),
    pytest.param(("我家门口路灯坏了好几天没人修", "低保是什么", "要"), id="an-offer-asked-across"),
    pytest.param(("孤儿津贴怎么办", "谢谢", "那要带什么材料", "再见"), id="thanks-between"),
    pytest.param(
        ("我要投诉低保办理不公", "西津街道", "低保要带什么材料", "没了", "先这样"), id="in-a-report"
    ),
    pytest.param(("火化怎么收费", "转人工", "先这样", "公墓怎么申请", "多少钱"), id="after-a-report"),
    pytest.param(("低保是什么", "/restart", "那要带什么材料"), id="a-typed-command"),
]


@pytest.fixture
async def a_long_way_round(runtime: Runtime) -> AsyncIterator[Callable[[], Resident]]:
    """Makes residents for whom the dialogue answers everything."""
    gateway = Gateway(
        ledger=runtime.intake,
        reports=runtime.reports,
        language=RasaClient(runtime.settings.rasa_url),
        answers=NoAnswers(),
        texts=runtime.texts,
        spool=Spool(runtime.settings.home),
    )
    yield lambda: Resident(gateway, runtime)
    await gateway.aclose()


async def heard_by(resident: Resident, texts: tuple[str, ...]) -> list[Heard]:
    """Every answer, without what is different for every ticket."""
    heard = []
    for text in texts:
        one = await resident.says(text)
        heard.append(replace(one, texts=tuple(map(without_numbers, one.texts))))
    return heard


def without_numbers(text: str) -> str:
    """``text`` without numbers and codes of tickets."""
    words = text.replace("：", " ").replace("，", " ").replace("。", " ").split()
    return " ".join(word for word in words if not (word.isascii() and len(word) >= 8))


@pytest.mark.parametrize("texts", TALKS)
async def test_both_ways_say_the_same(
    a_resident: Callable[[], Resident],
    a_long_way_round: Callable[[], Resident],
    texts: tuple[str, ...],
) -> None:
    short = await heard_by(a_resident(), texts)

    assert short == await heard_by(a_long_way_round(), texts)


async def test_both_ways_tie_an_answer_to_what_it_rests_on(
    a_resident: Callable[[], Resident], a_long_way_round: Callable[[], Resident], runtime: Runtime
) -> None:
    marks = []
    for resident in (a_resident(), a_long_way_round()):
        await resident.says("低保怎么申请，还有高龄津贴一个月多少钱？")
        lines = [one for one in runtime.chats.lines_of(Channel.WEB, resident.peer, 0) if one.topic]
        runtime.editing.feedback.vote(
            Channel.WEB, resident.peer, lines[-1].id, Vote(Verdict.DOWN, Reason.HARD)
        )
        with runtime.office.transaction() as work:
            answered = [work.feedback.answer(Channel.WEB, resident.peer, line.id) for line in lines]
        marks.append([one.mark for one in answered if one is not None])

    assert marks[0] == marks[1]
    assert [mark.topic for mark in marks[0]] == ["dibao", "elderly_allowance"]
    assert all(len(mark.revision) == 12 for mark in marks[0])


async def test_a_vote_leaves_a_report_as_it_is(a_resident: Callable[[], Resident], runtime: Runtime) -> None:
    talk = ("低保要带什么材料", "我要投诉低保办理不公", "西津街道", "没了", "先这样")
    voter = a_resident()
    heard = await heard_by(voter, talk[:2])
    lines = runtime.chats.lines_of(Channel.WEB, voter.peer, 0)
    assert [one.topic for one in lines][:2] == [None, "dibao"]
    answer = lines[1]

    runtime.editing.feedback.vote(Channel.WEB, voter.peer, answer.id, Vote(Verdict.DOWN))
    heard += await heard_by(voter, talk[2:])

    assert heard == await heard_by(a_resident(), talk)
