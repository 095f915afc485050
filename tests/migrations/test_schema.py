"""Migrations and tables tell the same story, up and down, and an upgrade keeps data."""

import pytest
from sqlalchemy import create_engine, text

from ticketing.domain.errors import StorageUnavailable
from ticketing.storage.schema import downgrade, drift, is_current, upgrade


def test_all_migrations_together_equal_the_tables_in_code(database_url: str) -> None:
    assert drift(database_url) == []


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    downgrade(database_url, "base")
    assert not is_current(database_url)

    upgrade(database_url)

    assert is_current(database_url)
    assert drift(database_url) == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)

    assert is_current(database_url)


def test_a_database_that_is_away_is_named_so() -> None:
    with pytest.raises(StorageUnavailable):
        upgrade("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")


def test_files_that_were_only_noted_before_are_fetched_after_the_upgrade(database_url: str) -> None:
    downgrade(database_url, "2026112712")
    noted = text(
        "with mine as (insert into conversations (id, channel, peer, created_at, last_at)"
        " values ('c', 'telegram', '7', now(), now()))"
        " insert into messages (conversation_id, direction, external_id, kind, text, payload, at)"
        " values ('c', 'in', '7:1', 'photo', '', '{\"file_id\": \"old\"}', now()),"
        " ('c', 'in', '7:2', 'text', 'hello', '{}', now())"
    )
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(noted)

    upgrade(database_url)

    with engine.begin() as connection:
        found = connection.execute(text("select sort, state, source from attachments")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [("picture", "missing", "old")]
