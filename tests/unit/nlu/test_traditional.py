"""Traditional characters are read as the simplified ones."""

from bot.nlu.lexicon import simplified_signs


def test_a_message_in_traditional_characters_reads_like_the_simplified_one() -> None:
    assert (
        "我爺爺過世了，請問喪葬補貼怎麼領".translate(simplified_signs()) == "我爷爷过世了，请问丧葬补贴怎么领"
    )


def test_no_sign_changes_the_length_of_a_text_and_simplified_ones_stay() -> None:
    signs = simplified_signs()

    assert {len(simple) for simple in signs.values()} == {1}
    assert "低保怎么办理，要什么材料".translate(signs) == "低保怎么办理，要什么材料"
