"""What the bot says beside its questions has a variant for a child, in a child's words."""

import yaml

from ticketing.bootstrap import DATA

#: Words inside sentences, and what only staff read.
NOT_SAID = ("field_", "changed")
SENTENCES: dict[str, str] = yaml.safe_load((DATA / "texts" / "talk.yml").read_text(encoding="utf-8"))


def test_every_sentence_has_one_for_a_child() -> None:
    said = [key for key in SENTENCES if not key.startswith(NOT_SAID) and not key.endswith("_child")]

    assert [key for key in said if f"{key}_child" not in SENTENCES] == []


def test_no_sentence_for_a_child_speaks_as_to_an_adult() -> None:
    childs = {key: text for key, text in SENTENCES.items() if key.endswith("_child")}

    assert [key for key, text in childs.items() if "您" in text or "乡镇" in text] == []
    assert [key for key, text in childs.items() if max(map(len, text.split("。"))) > 40] == []
