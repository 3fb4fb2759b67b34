"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LIVE = sa.text("state = 1")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _organization()
    _instance()
    _entity()
    _binding()
    _outage()
    _golden()
    _link()
    _absence()
    _match_key()
    _matching()
    _decision()
    _candidate()
    _delivery()
    _intent()
    _conflict()
    _review()
    _run()
    _audit()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _organization() -> None:
    op.create_table(
        "organization",
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
        sa.UniqueConstraint("name", name="uq_organization_name"),
    )


def _instance() -> None:
    op.create_table(
        "instance",
        _id(),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name="fk_instance_organization_id"),
        sa.UniqueConstraint("organization_id", "name", name="uq_instance_organization_id_name"),
    )


def _entity() -> None:
    op.create_table(
        "entity",
        _id(),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entity"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_entity_instance_id"),
        sa.UniqueConstraint("instance_id", "name", name="uq_entity_instance_id_name"),
    )


def _binding() -> None:
    op.create_table(
        "binding",
        _id(),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("polled_at", sa.Text()),
        sa.Column("paused", sa.Text()),
        sa.Column("stopped", sa.LargeBinary()),
        sa.Column("mode", sa.Text()),
        sa.Column("mode_at", sa.Text()),
        sa.Column("clock", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_binding"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_binding_entity_id"),
        sa.UniqueConstraint("entity_id", "system", name="uq_binding_entity_id_system"),
    )


def _outage() -> None:
    op.create_table(
        "outage",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", "system", name="pk_outage"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_outage_instance_id"),
    )


def _golden() -> None:
    op.create_table(
        "golden",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("doc", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.LargeBinary(), nullable=False),
        sa.Column("apart", sa.LargeBinary()),
        sa.Column("pins", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_golden"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_golden_entity_id"),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary()),
        sa.Column("version", sa.Text()),
        sa.Column("doc", sa.LargeBinary()),
        sa.Column("asked", sa.LargeBinary()),
        sa.Column("held", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("binding_id", "key", name="pk_link"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_link_binding_id"),
        sa.ForeignKeyConstraint(["golden_id"], ["golden.id"], name="fk_link_golden_id"),
    )
    op.create_index(
        "uq_link_golden",
        "link",
        ["binding_id", "golden_id", "state"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    gone = sa.text("state = 0")
    op.create_index("ix_link_gone", "link", ["binding_id", "golden_id"], sqlite_where=gone, postgresql_where=gone)


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("binding_id", "key", name="pk_absence"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_absence_binding_id"),
        sqlite_with_rowid=False,
    )


def _match_key() -> None:
    op.create_table(
        "match_key",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "rule", "value", "golden_id", name="pk_match_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_match_key_golden", "match_key", ["golden_id"])


def _matching() -> None:
    op.create_table(
        "matching",
        sa.Column("entity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("state", sa.Text()),
        sa.Column("said", sa.Text()),
        sa.Column("counts", sa.LargeBinary()),
        sa.Column("who", sa.Text()),
        sa.Column("at", sa.Text()),
        sa.PrimaryKeyConstraint("entity_id", name="pk_matching"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_matching_entity_id"),
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("binding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_key", sa.Text(), nullable=False),
        sa.Column("same", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("binding_id", "key", "other_id", "other_key", name="pk_decision"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_decision_binding_id"),
        sqlite_with_rowid=False,
    )


def _candidate() -> None:
    op.create_table(
        "candidate",
        sa.Column("binding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("golden_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("binding_id", "golden_id", "key", name="pk_candidate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_candidate_key", "candidate", ["binding_id", "key"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("golden_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text()),
        sa.Column("sent", sa.LargeBinary()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("said", sa.Text()),
        sa.Column("held_at", sa.Text()),
        sa.Column("approved_at", sa.Text()),
        sa.PrimaryKeyConstraint("binding_id", "golden_id", name="pk_delivery"),
        sqlite_with_rowid=False,
    )
    for state in ("creating", "refused", "held"):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"ix_delivery_{state}", "delivery", ["binding_id"], sqlite_where=where, postgresql_where=where)


def _intent() -> None:
    op.create_table(
        "waiting",
        sa.Column("binding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("golden_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("parent_key", sa.Text()),
        sa.Column("parent_golden", sa.BigInteger()),
        sa.Column("coming", sa.SmallInteger(), nullable=False),
        sa.Column("blocks", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("binding_id", "golden_id", "field", name="pk_waiting"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waiting_golden", "waiting", ["golden_id"])
    op.create_table(
        "intent",
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("binding_id", name="pk_intent"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_intent_binding_id"),
    )


def _conflict() -> None:
    op.create_table(
        "conflict",
        _id(),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("golden_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("base", sa.LargeBinary()),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("theirs", sa.LargeBinary(), nullable=False),
        sa.Column("ours_from", sa.Text()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_conflict_binding_id"),
        sa.ForeignKeyConstraint(["golden_id"], ["golden.id"], name="fk_conflict_golden_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conflict_state", "conflict", ["state", "id"])
    op.create_index("ix_conflict_golden", "conflict", ["golden_id"])


def _review() -> None:
    op.create_table(
        "review",
        _id(),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("binding_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name="fk_review_binding_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_review_open", "review", ["binding_id", "key"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def _run() -> None:
    op.create_table(
        "run",
        _id(),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary()),
        sa.Column("said", sa.Text()),
        sa.Column("idle", sa.SmallInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_run_instance_id"),
    )
    op.create_index("ix_run_instance", "run", ["instance_id", "id"])
    op.create_index("ix_run_task", "run", ["instance_id", "task", "started_at"])
    running = sa.text("state = 'running'")
    op.create_index("ix_run_running", "run", ["instance_id"], sqlite_where=running, postgresql_where=running)


def _audit() -> None:
    op.create_table(
        "audit",
        _id(),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("golden_id", sa.BigInteger(), nullable=False),
        sa.Column("binding_id", sa.Integer()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("detail", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_golden", "audit", ["golden_id"])
