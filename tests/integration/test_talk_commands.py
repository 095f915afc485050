"""The commands that talk, as a person or a script runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.training import ROOT
from tests.conftest import SECRET
from tests.language_house import MODEL_HOME
from ticketing.settings import Settings

WITHIN_S = 300


def hotline(
    *arguments: str, home: Path, typed: bytes = b"", **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `hotline` with nothing of the developer's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**kept, "HOTLINE_HOME": str(home), "PYTHONWARNINGS": "ignore", **settings},
        input=typed,
        capture_output=True,
        check=False,
        timeout=WITHIN_S,
    )


def jsonl(rows: Iterable[object]) -> bytes:
    """Rows as a file has them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_say_tells_how_to_start_when_nothing_runs(tmp_path: Path) -> None:
    done = hotline("say", "你好", home=tmp_path)

    assert done.returncode == 3
    assert "make run" in done.stderr.decode()


def test_say_prints_the_real_gateways_answer(settings: Settings) -> None:
    done = hotline(
        *("say", "我不想活了"),
        home=settings.home,
        DATABASE_URL=settings.database_url,
        REDIS_URL=settings.redis_url,
        RASA_URL="http://127.0.0.1:9",
        HOTLINE_SECRET=SECRET,
    )

    assert done.returncode == 0
    assert "12356" in done.stdout.decode()
    assert "工单号" in done.stdout.decode()


@pytest.mark.parametrize("command", ["predict", "converse"])
def test_a_bad_line_is_named_and_nothing_is_started(tmp_path: Path, command: str) -> None:
    rows = b'{"id": 1, "text": "x", "turns": []}\n{"id": 2}\n'
    (tmp_path / "rows.jsonl").write_bytes(rows)
    arguments = [str(tmp_path / "rows.jsonl")] if command == "converse" else []

    done = hotline(command, *arguments, home=tmp_path, typed=rows)

    assert done.returncode == 2
    assert "第 2 行" in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.model
@pytest.mark.slow
def test_predict_gives_a_verdict_for_every_line_in_its_order() -> None:
    asked = {
        "a": "低保怎么申请",
        "b": "邻居天天打孩子，孩子身上都是伤",
        "c": "我不想活了，现在就在楼顶",
        "d": "你好",
        "e": "老公又打我了，另外低保能不能办",
        "f": "",
        "g": "/restart",
        "h": "我要投诉殡仪馆乱收费",
        "i": "遗体火化要多少钱",
        "j": "帮我转人工",
    }
    rows = [{"id": key, "text": text} for key, text in asked.items()]

    done = hotline("predict", home=MODEL_HOME, typed=jsonl(rows))

    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    by_id = {verdict["id"]: verdict for verdict in verdicts}
    assert done.returncode == 0, done.stderr.decode()
    assert list(by_id) == list(asked)
    assert all(set(verdict) == COLUMNS for verdict in verdicts)
    assert (by_id["a"]["topic"], by_id["a"]["aspect"], by_id["a"]["risk"]) == ("dibao", "procedure", "none")
    assert (by_id["b"]["category"], by_id["b"]["risk"]) == ("child_protection", "urgent")
    assert (by_id["c"]["category"], by_id["c"]["risk"]) == ("self_harm", "emergency")
    assert by_id["c"]["evidence"] != []
    assert by_id["d"]["talk"] == "greet"
    assert (by_id["e"]["category"], by_id["e"]["topic"]) == ("domestic_violence", "dibao")
    assert by_id["f"]["talk"] == "unclear"
    assert by_id["j"]["category"] == "human"


COLUMNS = {"id", "topic", "aspect", "category", "talk", "risk", "confidence", "evidence"}


@pytest.mark.model
@pytest.mark.slow
def test_converse_speaks_whole_conversations_and_tells_their_tickets(tmp_path: Path) -> None:
    report = ["津北村有个孩子天天被他爸打，身上都是伤", "不安全", "{ticket_no} 办得怎么样了"]
    rows = [
        {"id": "ask", "channel": "web", "turns": ["临时救助怎么申请", "那要带什么材料"]},
        {"id": "report", "channel": "telegram", "turns": report},
        {"id": 3, "turns": ["我不想活了", "先这样"]},
    ]
    (tmp_path / "talks.jsonl").write_bytes(jsonl(rows))

    done = hotline("converse", str(tmp_path / "talks.jsonl"), home=MODEL_HOME)

    assert done.returncode == 0, done.stderr.decode()
    told = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert list(told) == ["ask", "report", 3]
    assert [len(turn) > 0 for row in told.values() for turn in row["replies"]] == [True] * 7
    assert told["ask"]["tickets"] == []
    (ticket,) = told["report"]["tickets"]
    assert (ticket["category"], ticket["risk"]) == ("child_protection", "urgent")
    assert (ticket["town"], ticket["village"]) == ("西津街道", "津北村")
    assert ticket["fields"]["safe_now"] == "不安全"
    assert ticket["number"] in told["report"]["replies"][2][0]
    assert [ticket["category"] for ticket in told[3]["tickets"]] == ["self_harm"]
