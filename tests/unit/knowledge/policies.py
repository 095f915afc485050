"""The real policy items, and a tiny folder of made-up ones whose faults a test can seed."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml

from ticketing.knowledge.items import ASPECTS
from ticketing.knowledge.policies import Knowledge

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "ticketing" / "data" / "policies"
KNOWLEDGE = Knowledge.load(FOLDER)
TODAY = date(2026, 11, 23)

type Data = dict[str, object]


def answered(topic: str, aspect: str | None = None, *, today: date = TODAY) -> str:
    """Text of a real answer."""
    return KNOWLEDGE.answer(topic, aspect, today=today).text


def section(text: str = "这是一句有依据的话。", **fields: object) -> Data:
    """A section of one sourced statement; ``fields`` replace those of the statement."""
    return {"say": [{"text": text, "confidence": "S1", "basis": ["law 第1条"], **fields}]}


def item(**fields: object) -> Data:
    """A whole item about one topic; ``fields`` replace its own."""
    aspects = {aspect: section() for aspect in ASPECTS if aspect != "basis"}
    whole: Data = {
        "slug": "dibao",
        "title": "最低生活保障",
        "name": "低保",
        "area": "救助与补贴",
        "region": "national",
        "also": ["低保户", "吃低保"],
        "verified_on": "2026-11-23",
        "review_by": "2027-05-31",
        "next": "到乡镇窗口去问。",
        "follow_ups": ["eligibility", "materials"],
        "city_fields": {"standard": {"label": "本地标准", "type": "money", "unit": "元/月"}},
        "overview": section(),
        "aspects": aspects,
    }
    return {**whole, **fields}


def documents(**fields: object) -> Data:
    """One document; ``fields`` replace its own."""
    law: Data = {
        "title": "某某法",
        "issuer": "某某机关",
        "kind": "law",
        "in_force_from": "2026-07-01",
        "source": "国家法律法规数据库",
    }
    return {"law": {**law, **fields}}


def folder_with(
    home: Path, one: Data, *, papers: Data | None = None, city: Mapping[str, object] | None = None
) -> Path:
    """A policies folder of one topic, sharing wording and directory with the real one."""
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    schema["$defs"]["topic"]["enum"] = ["dibao"]
    (home / "shared").mkdir(parents=True)
    (home / "city").mkdir()
    (home / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    for name in ("phrases", "figures", "directory"):
        text = (FOLDER / "shared" / f"{name}.yml").read_text(encoding="utf-8")
        (home / "shared" / f"{name}.yml").write_text(text, encoding="utf-8")
    write(home / "shared" / "documents.yml", papers or documents())
    write(home / "shared" / "answers.yml", {"usual": section("大家都一样的话。")})
    write(home / "city" / "somewhere.yml", city or {})
    write(home / "dibao.yml", one)
    return home


def write(path: Path, content: Mapping[str, object]) -> None:
    """A YAML file."""
    path.write_text(yaml.safe_dump(dict(content), allow_unicode=True), encoding="utf-8")
