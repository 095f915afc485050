"""Application forms a city gives out, every version of them, approved by a second person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026112753"
down_revision: str | Sequence[str] | None = "2026112752"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "item_forms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_forms")),
        sa.UniqueConstraint("topic", "name", name=op.f("uq_item_forms_topic_name")),
    )
    op.create_table(
        "form_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        *_checks(),
        sa.ForeignKeyConstraint(
            ["form_id"], ["item_forms.id"], name=op.f("fk_form_versions_form_id_item_forms")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["staff.id"], name=op.f("fk_form_versions_uploaded_by_staff")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_form_versions_decided_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_versions_form_id_number")),
    )
    op.create_index(
        "uq_form_versions_pending",
        "form_versions",
        ["form_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "kind": "kind in ('', 'pdf', 'doc', 'docx', 'xls', 'xlsx', 'jpg', 'png')",
        "state": "state in ('pending', 'approved', 'refused', 'superseded')",
        "decided": "state not in ('approved', 'refused') or decided_by is not null",
        "second_person": "state <> 'approved' or decided_by <> uploaded_by",
        "size": "size_bytes = octet_length(data) and size_bytes <= 10485760",
        "empty": "(kind = '') = (size_bytes = 0)",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_form_versions_{name}")) for name, rule in rules.items()]


def downgrade() -> None:
    """Go one step down; the files are gone then."""
    op.drop_table("form_versions")
    op.drop_table("item_forms")
