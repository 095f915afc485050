"""Which model a language server starts with, also after an upgrade, and which files go."""

from pathlib import Path

import pytest

from bot import training
from bot.model_files import forget_retrained, in_service, link_in_service, put_in_service, workplace
from bot.training import choose_model, model_path, served_model


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The shipped model of now."""
    return a_model(tmp_path, model_path(tmp_path).name)


def a_model(home: Path, name: str) -> Path:
    path = home / "models" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(name)
    return path


def a_retrained(home: Path, number: int, fingerprint: str = "") -> Path:
    return a_model(home, f"retrained-{fingerprint or training.fingerprint()}-{number}.tar.gz")


def test_a_first_start_is_with_the_shipped_model(tmp_path: Path, shipped: Path) -> None:
    assert choose_model(tmp_path, lambda _: None) == shipped
    assert link_in_service(tmp_path).read_text() == shipped.name


def test_a_restart_is_with_what_was_published_last(tmp_path: Path, shipped: Path) -> None:
    published = a_retrained(tmp_path, 3)
    put_in_service(tmp_path, published)

    assert choose_model(tmp_path, lambda _: None) == published
    assert served_model(tmp_path) == published


@pytest.mark.parametrize("gone", [False, True], ids=["of another version", "lost"])
def test_a_published_model_that_does_not_fit_gives_way_to_the_shipped_one(
    tmp_path: Path, shipped: Path, *, gone: bool
) -> None:
    published = a_retrained(tmp_path, 3, "" if gone else "0123456789ab")
    put_in_service(tmp_path, published)
    if gone:
        published.unlink()

    assert choose_model(tmp_path, lambda _: None) == shipped
    assert in_service(tmp_path) == shipped


def test_a_moved_data_folder_finds_its_model(tmp_path: Path) -> None:
    home = tmp_path / "before"
    home.mkdir()
    model = a_retrained(home, 1)
    put_in_service(home, model)

    home.rename(tmp_path / "after")

    assert in_service(tmp_path / "after") == tmp_path / "after" / "models" / model.name


def test_models_nobody_asks_for_again_go_and_the_one_in_service_stays(tmp_path: Path, shipped: Path) -> None:
    models = [a_retrained(tmp_path, number) for number in range(4)]
    put_in_service(tmp_path, models[1])

    forget_retrained(tmp_path, {models[3].name})

    assert [model.exists() for model in models] == [False, True, False, True]
    assert shipped.exists()


def test_nothing_of_a_run_is_left_nor_of_one_that_was_killed(tmp_path: Path) -> None:
    with workplace(tmp_path) as folder:
        (folder / "editors.yml").write_text("what residents asked")
        assert folder.stat().st_mode & 0o077 == 0
        with workplace(tmp_path) as again:
            assert list(again.iterdir()) == []

    assert not folder.exists()
