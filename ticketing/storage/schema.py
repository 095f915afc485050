"""Bring a database to the data model this code needs."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from ticketing.domain.errors import StorageUnavailable
from ticketing.storage import (
    attachment_tables,
    care_tables,
    city_tables,
    clock_tables,
    closure_tables,
    dispatch_tables,
    example_tables,
    feedback_tables,
    form_tables,
    found_tables,
    order_tables,
    quality_tables,
    read_tables,
    referral_tables,
    repeat_tables,
    search_tables,
    tables,
    training_tables,
    waiting_tables,
)

#: Every module that declares tables: what is not imported would look superfluous in the database.
TABLE_MODULES = (
    found_tables,
    tables,
    attachment_tables,
    care_tables,
    city_tables,
    clock_tables,
    closure_tables,
    dispatch_tables,
    example_tables,
    feedback_tables,
    form_tables,
    order_tables,
    referral_tables,
    quality_tables,
    read_tables,
    repeat_tables,
    search_tables,
    training_tables,
    waiting_tables,
)
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``; two at once wait for each other."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            command.upgrade(configuration(connection), revision)
    except OperationalError as error:
        raise StorageUnavailable from error
    finally:
        engine.dispose()


def downgrade(url: str, revision: str) -> None:
    """Take migrations back down to ``revision``."""
    engine = create_engine(url)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)
    engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database stands at the newest migration."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
            return at == ScriptDirectory(str(MIGRATIONS)).get_current_head()
    except OperationalError as error:
        raise StorageUnavailable from error
    finally:
        engine.dispose()


def drift(url: str) -> list[str]:
    """Differences between the migrated database and the tables in code; empty when they agree."""
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, tables.Record.metadata)
    engine.dispose()
    return [str(difference) for difference in differences]


def configuration(connection: Connection) -> Config:
    """Alembic's settings, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
