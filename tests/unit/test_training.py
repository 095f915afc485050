"""A model is trained when its inputs changed and never otherwise; an unfinished one is never used."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import training

FILES = {
    "config.yml": "pipeline",
    "bot/dialogue/intents.yml": "intents",
    "bot/nlu/classifier.py": "code",
    "bot/lexicon/entities.yml": "entities",
    "bot/lexicon/intents.yml": "kinds",
    "bot/language_server/uv.lock": "versions",
    "nlu_data/nlu/topics/dibao.yml": "examples",
    "nlu_data/jieba/hotline.txt": "words",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one file of each kind that a model is made from."""
    for name, text in FILES.items():
        write(tmp_path / name, text)
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_every_input_changes_the_fingerprint(checkout: Path, name: str) -> None:
    before = training.fingerprint(checkout)

    write(checkout / name, "changed")

    assert training.fingerprint(checkout) != before


def test_a_renamed_input_changes_the_fingerprint(checkout: Path) -> None:
    before = training.fingerprint(checkout)

    (checkout / "nlu_data/nlu/topics/dibao.yml").rename(checkout / "nlu_data/nlu/topics/tekun.yml")

    assert training.fingerprint(checkout) != before


@pytest.mark.parametrize("name", ["bot/nlu/__pycache__/classifier.pyc", "bot/gateway.py", "README.md"])
def test_what_the_model_is_not_made_from_changes_nothing(checkout: Path, name: str) -> None:
    before = training.fingerprint(checkout)

    write(checkout / name, "anything")

    assert training.fingerprint(checkout) == before


def test_a_model_that_fits_is_used_without_a_word(tmp_path: Path) -> None:
    model = training.model_path(tmp_path)
    write(model, "a model")
    said: list[str] = []

    assert training.ensure_model(tmp_path, said.append) == model
    assert said == []


def test_a_failed_training_leaves_no_model_and_names_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    write(broken, "#!/bin/sh\necho broken\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(training, "PYTHON", broken)

    with pytest.raises(training.TrainingFailed) as failure:
        training.ensure_model(tmp_path, lambda _: None)

    assert Path(str(failure.value.params["log"])).read_text() == "broken\n"
    assert list(tmp_path.rglob("*.tar.gz")) == []


def test_only_the_newest_models_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("hotline-1", "hotline-2", "hotline-3", "hotline-4"):
        write(tmp_path / "models" / f"{name}.tar.gz", "old")
    trainer = tmp_path / "python"
    write(trainer, '#!/bin/sh\nfor last; do :; done\ntouch "models/$last.tar.gz"\n')
    trainer.chmod(0o755)
    monkeypatch.setattr(training, "PYTHON", trainer)
    monkeypatch.setattr(training, "ROOT", tmp_path)

    model = training.ensure_model(tmp_path, lambda _: None)

    assert model.exists()
    assert len(list(tmp_path.rglob("*.tar.gz"))) == 3


def test_of_two_who_want_a_model_one_trains_and_both_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = tmp_path / "python"
    script = '#!/bin/sh\nfor last; do :; done\necho >> trained; sleep 0.3\ntouch "models/$last.tar.gz"\n'
    write(trainer, script)
    trainer.chmod(0o755)
    monkeypatch.setattr(training, "PYTHON", trainer)
    monkeypatch.setattr(training, "ROOT", tmp_path)
    said: list[str] = []

    with ThreadPoolExecutor() as people:
        models = list(people.map(training.ensure_model, [tmp_path] * 2, [said.append] * 2))

    assert models == [training.model_path(tmp_path)] * 2
    assert models[0].exists()
    assert (tmp_path / "trained").read_text() == "\n"
    assert "waiting for the language model that another process trains" in said


def test_the_language_server_gets_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_SECRET", "a secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")

    environment = training.server_environment(tmp_path, actions_url="http://127.0.0.1:5055/webhook")

    assert {"HOTLINE_SECRET", "DATABASE_URL"} & set(environment) == set()
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_the_language_server_listens_on_loopback_only(tmp_path: Path) -> None:
    command = training.server_command(tmp_path / "model.tar.gz", port=5005)

    assert command[command.index("--interface") + 1] == "127.0.0.1"


def write(path: Path, text: str) -> None:
    """A file with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
