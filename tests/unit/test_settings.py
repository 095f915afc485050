"""The environment is read once, and everything wrong with it is said at once."""

import json
from pathlib import Path

import pytest

from ticketing.settings import Complaint, Environment, Installation, Problem, Settings, SettingsFault, web_url

SECRET = "s" * 32


def complaints_of(environ: dict[str, str]) -> set[Complaint]:
    with pytest.raises(SettingsFault) as caught:
        Installation.from_env(environ)
    return set(caught.value.complaints)


def test_nothing_set_is_a_demo_on_this_machine() -> None:
    installation = Installation.from_env({})

    assert installation.environment is Environment.DEMO
    assert (installation.host, installation.port) == ("127.0.0.1", 8080)
    assert installation.database_url is None
    assert installation.home.is_absolute()


def test_everything_wrong_is_said_at_once() -> None:
    environ = {
        "HOTLINE_ENV": "staging",
        "HOTLINE_PORT": "http",
        "HOTLINE_RASA_PORT": "70000",
        "DATABASE_URL": "sqlite:///x",
        "HOTLINE_SECRET": "short",
    }

    assert complaints_of(environ) == {
        Complaint("HOTLINE_ENV", Problem.NOT_A_CHOICE),
        Complaint("HOTLINE_PORT", Problem.NOT_A_PORT),
        Complaint("HOTLINE_RASA_PORT", Problem.NOT_A_PORT),
        Complaint("DATABASE_URL", Problem.NOT_A_URL),
        Complaint("HOTLINE_SECRET", Problem.SECRET_SHORT),
    }


def test_production_has_no_default_secret() -> None:
    assert complaints_of({"HOTLINE_ENV": "production"}) == {Complaint("HOTLINE_SECRET", Problem.MISSING)}


def test_one_port_is_for_one_server() -> None:
    environ = {"HOTLINE_PORT": "5055", "HOTLINE_PG_PORT": "5055"}

    assert complaints_of(environ) == {
        Complaint("HOTLINE_ACTIONS_PORT", Problem.PORT_TWICE),
        Complaint("HOTLINE_PG_PORT", Problem.PORT_TWICE),
    }


def test_a_webhook_needs_a_secret_and_an_address() -> None:
    environ = {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"}

    assert complaints_of(environ) == {
        Complaint("TELEGRAM_WEBHOOK_SECRET", Problem.MISSING),
        Complaint("TELEGRAM_WEBHOOK_URL", Problem.MISSING),
    }


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_gets_the_driver_we_ship(scheme: str) -> None:
    installation = Installation.from_env({"DATABASE_URL": f"{scheme}://u:p@db/hotline"})

    assert installation.database_url == "postgresql+psycopg://u:p@db/hotline"


def test_secrets_are_not_in_a_settings_repr() -> None:
    settings = Settings(
        database_url="postgresql+psycopg://u:hidden@db/x",
        redis_url="redis://:hidden@q/0",
        secret="hidden" * 8,
        telegram_token="1:hidden",
        telegram_webhook_secret="hidden",
    )

    assert "hidden" not in repr(settings)


def test_what_runs_is_found_by_the_run_file(tmp_path: Path) -> None:
    running = {
        "database_url": "postgresql+psycopg://x/y",
        "redis_url": "redis://x/0",
        "rasa_url": "http://x:1",
    }
    (tmp_path / "run.json").write_text(json.dumps(running), encoding="utf-8")
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")

    settings = Settings.from_env({"HOTLINE_HOME": str(tmp_path)})

    assert settings.database_url == running["database_url"]
    assert settings.rasa_url == running["rasa_url"]
    assert settings.secret == SECRET


def test_the_environment_goes_before_the_run_file(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"redis_url": "redis://old/0"}), encoding="utf-8")
    environ = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE_SECRET": SECRET,
        "DATABASE_URL": "postgresql://db/x",
        "REDIS_URL": "redis://new/0",
        "RASA_URL": "http://rasa:5005/",
    }

    settings = Settings.from_env(environ)

    assert settings.redis_url == "redis://new/0"
    assert settings.rasa_url == "http://rasa:5005"


def test_nothing_running_is_said_of_every_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault) as caught:
        Settings.from_env({"HOTLINE_HOME": str(tmp_path)})

    assert {complaint.variable for complaint in caught.value.complaints} == {
        "DATABASE_URL",
        "REDIS_URL",
        "HOTLINE_SECRET",
    }
    assert {complaint.problem for complaint in caught.value.complaints} == {Problem.NOT_RUNNING}


def test_a_server_on_all_addresses_is_reached_on_loopback() -> None:
    assert web_url(Installation.from_env({"HOTLINE_HOST": "0.0.0.0"})) == "http://127.0.0.1:8080"
