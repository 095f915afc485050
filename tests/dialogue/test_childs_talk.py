"""A child is spoken to as a child from its first words to the last; an adult who speaks of one is not."""

from tests.dialogue.conftest import Heard, Resident

#: Nothing that a form says, and no reproach.
NOT_TO_A_CHILD = ("您", "乡镇街道", "依法", "材料", "请填写", "为什么不", "应该早")


def is_for_a_child(heard: Heard) -> bool:
    """Whether no reply speaks as to an adult."""
    return not any(word in heard.all for word in NOT_TO_A_CHILD)


async def test_every_reply_to_a_child_is_short_and_blames_nobody(resident: Resident) -> None:
    told = (
        "我爸天天打我，我今年十岁",
        "我害怕",
        "谢谢",
        "？",
        "转人工",
        "不安全",
        "不知道",
        "不要告诉我妈",
        "没有",
    )
    heard = [await resident.says(text) for text in told]

    assert [text for text, one in zip(told, heard, strict=True) if not is_for_a_child(one)] == []
    assert "没有做错" in heard[1].all
    assert "contact" not in resident.ticket.fields
    assert all(len(sentence) <= 45 for one in heard for sentence in one.all.replace("\n", "。").split("。"))


async def test_the_register_stays_after_the_form(resident: Resident) -> None:
    await resident.says("我妈打我", "不安全", "跳过", "没有电话")

    blamed = await resident.says("我会不会被骂")
    sound = await resident.says("嘟嘟嘟哒哒哒")
    left = await resident.says("再见")

    assert "没有做错" in blamed.all
    assert all(is_for_a_child(heard) for heard in (blamed, sound, left))


async def test_whoever_was_a_child_before_hears_a_childs_numbers(resident: Resident) -> None:
    await resident.says("我上五年级，作业好多")

    heard = await resident.says("有人天天打我，身上都是伤")

    assert is_for_a_child(heard)
    assert "你" in heard.texts[0]


async def test_a_parent_who_speaks_of_a_child_is_no_child(resident: Resident) -> None:
    heard = await resident.says("我儿子上五年级，在学校被同学打了")

    assert "孩子现在安全吗" in heard.texts[-1]
    assert resident.ticket.fields["relation"] == "儿子"


async def test_a_grandmother_who_takes_over_the_telephone_is_spoken_to_as_one(resident: Resident) -> None:
    heard = await resident.says("我妈打我", "我是孩子奶奶，她妈打她")

    assert "请说一下乡镇街道" in heard.texts[-1]
