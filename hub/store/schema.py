"""The tables. Of `link` the first columns are read for every record of every page; its shadow, and `golden`, are read
only for records that differ. One statement looks up a whole page, whatever its size."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Text, Int, Blob = sa.Text, sa.Integer, sa.LargeBinary
#: Golden ids are 63 bits and made by the hub, in the order of time, so that inserts stay sequential.
Big = sa.BigInteger
Json = sa.LargeBinary


def serial() -> "sa.Column[int]":
    """A small number that people can type."""
    return sa.Column("id", Int, primary_key=True, autoincrement=True)


organization = sa.Table("organization", metadata, serial(), sa.Column("name", Text, nullable=False, unique=True))

instance = sa.Table(
    "instance",
    metadata,
    serial(),
    sa.Column("organization_id", Int, sa.ForeignKey("organization.id"), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.UniqueConstraint("organization_id", "name"),
)

entity = sa.Table(
    "entity",
    metadata,
    serial(),
    sa.Column("instance_id", Int, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.UniqueConstraint("instance_id", "name"),
)

binding = sa.Table(
    "binding",
    metadata,
    serial(),
    sa.Column("entity_id", Int, sa.ForeignKey("entity.id"), nullable=False),
    sa.Column("system", Text, nullable=False),
    sa.Column("object", Text, nullable=False),
    #: Where to go on polling. Null: from the start.
    sa.Column("cursor", Text),
    #: When a poll last came to its end.
    sa.Column("polled_at", Text),
    #: Why nothing is sent to or read from this system just now (rejected credentials). Null: it is in use.
    sa.Column("paused", Text),
    #: Fields that vanished from the system: nothing is written to them. A list of names. Null: there are none.
    sa.Column("stopped", Json),
    #: After it was put back to an earlier state, until everything was read: baseline (what it shows counts), replay
    #: (what the hub knows is written there again). And when a person said so.
    sa.Column("mode", Text),
    sa.Column("mode_at", Text),
    #: How the system's clock stood at the last poll: [low, high, latest] (see hub.core.clocks). Null: it does not say.
    sa.Column("clock", Text),
    sa.UniqueConstraint("entity_id", "system"),
)

outage = sa.Table(
    "outage",
    metadata,
    # A system that failed as a whole when it was last tried, or that asked for a pause; gone as soon as it answers.
    sa.Column("instance_id", Int, sa.ForeignKey("instance.id"), primary_key=True, autoincrement=False),
    sa.Column("system", Text, primary_key=True),
    sa.Column("since", Text, nullable=False),
    #: Runs in a row in which nothing of it worked. 0: it only asked for a pause.
    sa.Column("failures", Int, nullable=False),
    #: It is left alone until then. Null: it is tried at the next run.
    sa.Column("until", Text),
    sa.Column("code", Text, nullable=False),
    sa.Column("said", Text, nullable=False),
)

golden = sa.Table(
    "golden",
    metadata,
    # On SQLite only INTEGER is the row's own number; another type would cost an index of its own.
    sa.Column("id", Big().with_variant(Int(), "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("entity_id", Int, sa.ForeignKey("entity.id"), nullable=False),
    #: 1 live, 0 deleted, 2 absorbed by another golden record.
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("doc", Json, nullable=False),
    #: Where each value came from: {"": [system, stamp], field: [system, stamp]}; "" is the default. "~field":
    #: the turns that systems took at that field lately (see hub.flow.merging.fights).
    sa.Column("origin", Json, nullable=False),
    #: Systems in which it must not be created: unlinked by a person, or a deletion waits for a decision.
    sa.Column("apart", Json),
    #: Who wins a conflict of this one record, whatever the files say: {unit or "*": [rule, [system, ...]]}.
    sa.Column("pins", Json),
)

LIVE, DELETED, ABSORBED = 1, 0, 2
#: Of a link only.
UNLINKED = 2

link = sa.Table(
    "link",
    metadata,
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), primary_key=True, autoincrement=False),
    sa.Column("key", Text, primary_key=True),
    sa.Column("golden_id", Big, sa.ForeignKey("golden.id"), nullable=False),
    #: 1 live, 0 the record is gone there: kept, so that it is not taken for a new one, 2 it is there and was let go.
    sa.Column("state", sa.SmallInteger, nullable=False),
    #: Of what the system showed when we last looked, mapped fields only. Null: merge it whatever it shows.
    sa.Column("hash", Blob),
    sa.Column("version", Text),
    # The shadow. It comes last: what is asked for every record of every page is read without it.
    #: What the system held when we last agreed. Null: never merged.
    sa.Column("doc", Json),
    #: What we asked for where the system holds something else of it; units held for a person, or of a record that is
    #: gone what was on its way to it.
    sa.Column("asked", Json),
    sa.Column("held", Json),
)
# The binding first: golden ids grow, so that a first load appends. With the state, the links of a system are counted
# along it and no row is read.
sa.Index(
    "uq_link_golden",
    link.c.binding_id,
    link.c.golden_id,
    link.c.state,
    unique=True,
    sqlite_where=sa.text("state = 1"),
    postgresql_where=sa.text("state = 1"),
)
# Was a golden record there before? Few records ever go.
sa.Index(
    "ix_link_gone",
    link.c.binding_id,
    link.c.golden_id,
    sqlite_where=sa.text("state = 0"),
    postgresql_where=sa.text("state = 0"),
)

absence = sa.Table(
    "absence",
    metadata,
    # Linked records that a system does not show, and whose deletion is not taken (yet).
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), primary_key=True, autoincrement=False),
    sa.Column("key", Text, primary_key=True),
    #: sighted (missing from one list of keys), held (by the guard), accepted (by a person, to be taken by the next
    #: run), outside (it left the binding's filter).
    sa.Column("state", Text, nullable=False),
    #: missing (from a list of keys), told (by the system).
    sa.Column("way", Text, nullable=False),
    sa.Column("since", Text, nullable=False),
    sqlite_with_rowid=False,
)

match_key = sa.Table(
    "match_key",
    metadata,
    sa.Column("entity_id", Int, primary_key=True),
    sa.Column("rule", Text, primary_key=True),
    sa.Column("value", Text, primary_key=True),
    sa.Column("golden_id", Big, primary_key=True),
    sqlite_with_rowid=False,
)
sa.Index("ix_match_key_golden", match_key.c.golden_id)

matching = sa.Table(
    "matching",
    metadata,
    # How the records of an entity find one another, and whether their first writes may go out.
    sa.Column("entity_id", Int, sa.ForeignKey("entity.id"), primary_key=True, autoincrement=False),
    #: The rules by which its match keys were made.
    sa.Column("rules", Text),
    #: held, open. Null: it was not asked yet.
    sa.Column("state", Text),
    #: Why it is held.
    sa.Column("said", Text),
    #: Of the report that was accepted, who accepted it, and when.
    sa.Column("counts", Json),
    sa.Column("who", Text),
    sa.Column("at", Text),
)

decision = sa.Table(
    "decision",
    metadata,
    # What a person said of two records of different systems. Each is there twice, once from either side.
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), primary_key=True, autoincrement=False),
    sa.Column("key", Text, primary_key=True),
    sa.Column("other_id", Int, primary_key=True, autoincrement=False),
    sa.Column("other_key", Text, primary_key=True),
    #: 1 the same, 0 not the same.
    sa.Column("same", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

candidate = sa.Table(
    "candidate",
    metadata,
    # Whom a record that stands aside as ambiguous may be: not created there before that is decided.
    sa.Column("binding_id", Int, primary_key=True, autoincrement=False),
    sa.Column("golden_id", Big, primary_key=True, autoincrement=False),
    sa.Column("key", Text, primary_key=True),
    sa.Column("score", sa.SmallInteger),
    sqlite_with_rowid=False,
)
sa.Index("ix_candidate_key", candidate.c.binding_id, candidate.c.key)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("binding_id", Int, primary_key=True),
    sa.Column("golden_id", Big, primary_key=True),
    #: owed, creating (the create may be out), refused (a person must look; tried daily), held (a deletion that the
    #: guard does not let out).
    sa.Column("state", Text, nullable=False),
    #: Grows whenever it is owed anew: a delivery is done only if nothing changed while it was out.
    sa.Column("seq", Int, nullable=False),
    #: Set with `creating`, stays for every repetition of this create.
    sa.Column("token", Text),
    #: What a write whose outcome we do not know carried, in the entity's terms. Null: there is none.
    sa.Column("sent", Json),
    sa.Column("attempts", Int, nullable=False),
    sa.Column("due_at", Text, nullable=False),
    sa.Column("code", Text),
    sa.Column("said", Text),
    #: Of a deletion: since when the guard holds it, and when a person let it out.
    sa.Column("held_at", Text),
    sa.Column("approved_at", Text),
    sqlite_with_rowid=False,
)
# Few deliveries are ever in these states: the indexes stay small, and what is only owed costs neither of them.
for _state in ("creating", "refused", "held"):
    _where = sa.text(f"state = '{_state}'")
    sa.Index(f"ix_delivery_{_state}", delivery.c.binding_id, sqlite_where=_where, postgresql_where=_where)

waiting = sa.Table(
    "waiting",
    metadata,
    # References that wait for their parent: a record shows a key that we do not know, or a system is to be written a
    # key that it does not have yet, or one in place of a key that is gone.
    sa.Column("binding_id", Int, primary_key=True, autoincrement=False),
    sa.Column("golden_id", Big, primary_key=True, autoincrement=False),
    sa.Column("field", Text, primary_key=True),
    #: in (what the record shows is not taken yet, and nothing is written over it), out (it is not sent yet), renew
    #: (the record names a key that is gone, of a parent that has another one now). And anew: this is such a parent, and
    #: its children were not looked for yet; it has no field.
    sa.Column("way", Text, nullable=False),
    #: The parent: its binding, and its key (in) or its golden record (out, renew).
    sa.Column("parent_id", Int, nullable=False),
    sa.Column("parent_key", Text),
    sa.Column("parent_golden", Big),
    #: 1 the parent is owed to that system, 0 it is not.
    sa.Column("coming", sa.SmallInteger, nullable=False),
    #: 1 the record is not created before.
    sa.Column("blocks", sa.SmallInteger, nullable=False),
    sa.Column("said", Text, nullable=False),
    sa.Column("since", Text, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("ix_waiting_golden", waiting.c.golden_id)

intent = sa.Table(
    "intent",
    metadata,
    # The page that is about to go out to a system, one at a time: written before the calls, gone with their outcomes.
    # One that is found when nothing is out was left by a process that died.
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), primary_key=True, autoincrement=False),
    #: Of the creates.
    sa.Column("token", Text, nullable=False),
    #: When the creates can be settled, should we die.
    sa.Column("due_at", Text, nullable=False),
    #: [[golden id, is it a create?, fields in the entity's terms], ...]
    sa.Column("items", Json, nullable=False),
)

conflict = sa.Table(
    "conflict",
    metadata,
    serial(),
    sa.Column("at", Text, nullable=False),
    sa.Column("run_id", Int),
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), nullable=False),
    sa.Column("golden_id", Big, sa.ForeignKey("golden.id"), nullable=False),
    sa.Column("key", Text, nullable=False),
    sa.Column("unit", Text, nullable=False),
    #: Values by field: what both had before (null: they never agreed), the hub's, the system's.
    sa.Column("base", Json),
    sa.Column("ours", Json, nullable=False),
    sa.Column("theirs", Json, nullable=False),
    #: The system that the hub's value came from.
    sa.Column("ours_from", Text),
    sa.Column("verdict", Text, nullable=False),
    sa.Column("rule", Text, nullable=False),
    #: open (held), decided, reversed, withdrawn (it went away by itself), superseded (by a later clash).
    sa.Column("state", Text, nullable=False),
    sa.Column("decided_by", Text),
    sa.Column("decided_at", Text),
    sqlite_autoincrement=True,
)
sa.Index("ix_conflict_state", conflict.c.state, conflict.c.id)
sa.Index("ix_conflict_golden", conflict.c.golden_id)

review = sa.Table(
    "review",
    metadata,
    serial(),
    sa.Column("at", Text, nullable=False),
    sa.Column("binding_id", Int, sa.ForeignKey("binding.id"), nullable=False),
    #: The record over there; empty where it concerns a golden record that has none.
    sa.Column("key", Text, nullable=False),
    sa.Column("golden_id", Big),
    #: parked, broken (a row without a key), ambiguous, taken (the candidate is linked already),
    #: dangling (a foreign key names nobody), in-doubt, revisit (to be read out of turn),
    #: decided (a person said which golden record it is; none: a new one), discarded (and is to be heard of no more).
    sa.Column("kind", Text, nullable=False),
    sa.Column("code", Text, nullable=False),
    sa.Column("said", Text, nullable=False),
    sa.Column("attempts", Int, nullable=False),
    sa.Column("due_at", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index(
    "uq_review_open",
    review.c.binding_id,
    review.c.key,
    unique=True,
    sqlite_where=sa.text("state = 'open'"),
    postgresql_where=sa.text("state = 'open'"),
)

run = sa.Table(
    "run",
    metadata,
    serial(),
    sa.Column("instance_id", Int, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("task", Text, nullable=False),
    sa.Column("started_at", Text, nullable=False),
    sa.Column("ended_at", Text),
    #: running, done, failed (something stood aside), died.
    sa.Column("state", Text, nullable=False),
    sa.Column("counts", Json),
    sa.Column("said", Text),
    #: 1: it found nothing to do. Null: it did something, or is not at its end.
    sa.Column("idle", sa.SmallInteger),
)
sa.Index("ix_run_instance", run.c.instance_id, run.c.id)
sa.Index("ix_run_task", run.c.instance_id, run.c.task, run.c.started_at)
# There is one at the most: found without a walk over all that ever ran.
_running = sa.text("state = 'running'")
sa.Index("ix_run_running", run.c.instance_id, sqlite_where=_running, postgresql_where=_running)

audit = sa.Table(
    "audit",
    metadata,
    serial(),
    sa.Column("at", Text, nullable=False),
    sa.Column("run_id", Int),
    sa.Column("golden_id", Big, nullable=False),
    sa.Column("binding_id", Int),
    #: took, created, updated, deleted, linked, unlinked, decided, reversed, edited (by a person, here), discarded.
    sa.Column("action", Text, nullable=False),
    sa.Column("who", Text, nullable=False),
    #: {field: [before, after]}
    sa.Column("detail", Json),
)
sa.Index("ix_audit_golden", audit.c.golden_id)
