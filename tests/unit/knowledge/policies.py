"""The real policy items, and a tiny folder of made-up ones whose faults a test can seed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from ticketing.domain.city_facts import Fact, Timelines, timeline
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
        "aspects": aspects(),
    }
    return {**whole, **fields}


def aspects(**seeded: Data) -> dict[str, Data]:
    """An answer to every aspect, the one about the place telling the city's field; some replaced."""
    usual = {aspect: section() for aspect in ASPECTS if aspect != "basis"}
    return {**usual, "place": {**section(), "city": ["standard"]}, **seeded}


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


def folder_with(home: Path, one: Data, *, papers: Data | None = None, values: Data | None = None) -> Path:
    """A policies folder of one topic, sharing wording and directory with the real one."""
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    schema["$defs"]["topic"]["enum"] = ["dibao"]
    (home / "shared").mkdir(parents=True)
    (home / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    for name in ("phrases", "figures", "directory"):
        text = (FOLDER / "shared" / f"{name}.yml").read_text(encoding="utf-8")
        (home / "shared" / f"{name}.yml").write_text(text, encoding="utf-8")
    write(home / "shared" / "documents.yml", papers or documents())
    write(home / "shared" / "answers.yml", {"usual": section("大家都一样的话。")})
    write(home / "shared" / "values.yml", values or {})
    write(home / "shared" / "prose.yml", {})
    write(home / "dibao.yml", one)
    return home


def a_value(**fields: object) -> Data:
    """One figure named ``days``; ``fields`` replace its own."""
    return {"days": {"number": 30, "unit": "天", "confidence": "S1", "basis": ["law 第1条"], **fields}}


def a_fact(
    value: str = "800",
    *,
    revision: int = 1,
    valid_from: date = date(2026, 7, 1),
    valid_to: date | None = None,
    review_by: date | None = None,
) -> Fact:
    """What a city entered for the field ``standard`` of the topic dibao."""
    return Fact("dibao", "standard", value, "某民〔2026〕1号", valid_from, valid_to, review_by, revision)


@dataclass(frozen=True)
class City:
    """What a made-up city entered, in the order of entry."""

    facts: tuple[Fact, ...] = field(default=())

    def changes(self) -> int:
        """It never changes."""
        return 1

    def of(self, topic: str) -> Timelines:
        """Timelines by field."""
        mine = [fact for fact in self.facts if fact.topic == topic]
        return {key: timeline(one for one in mine if one.field == key) for key in {one.field for one in mine}}


def write(path: Path, content: Mapping[str, object]) -> None:
    """A YAML file."""
    path.write_text(yaml.safe_dump(dict(content), allow_unicode=True), encoding="utf-8")
