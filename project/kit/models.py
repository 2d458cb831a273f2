"""Tables of the shared kernel: facts on their way up, changes on their way out, and commands already answered."""

from django.db import models
from django.db.models import Func

from project.kit.fields import WrittenJsonField, Xid8Field


class RecordedEvent(models.Model):
    """One published domain event, read by durable reactions in the order (xid, id)."""

    id = models.BigAutoField(primary_key=True)
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"), editable=False)
    type = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Func(function="now"))

    class Meta:
        db_table = "kit_event"
        indexes = [models.Index(fields=["xid", "id"], name="kit_event_xid")]


class ReactionCursor(models.Model):
    """How far one durable reaction has read; moved in the transaction of its effects."""

    name = models.CharField(max_length=120, primary_key=True)
    xid = Xid8Field(db_default=models.Value("0"))
    event_id = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "kit_reaction_cursor"


class SetAsideEvent(models.Model):
    """An event a reaction failed on five times; it waits here for a person."""

    id = models.BigAutoField(primary_key=True)
    reaction = models.CharField(max_length=120)
    event = models.ForeignKey(RecordedEvent, on_delete=models.PROTECT)
    error = models.TextField()
    created_at = models.DateTimeField(db_default=Func(function="now"))

    class Meta:
        db_table = "kit_set_aside_event"
        constraints = [models.UniqueConstraint(fields=["reaction", "event"], name="kit_set_aside_once")]


class StreamHead(models.Model):
    """The last sequence number given out on one sequenced topic; its row lock makes numbers gapless.

    `heard_at` is when somebody was last known to listen, to about an hour.
    """

    name = models.CharField(max_length=200, primary_key=True)
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    heard_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kit_stream"


class OutboxChange(models.Model):
    """One stored change of a sequenced topic, kept so that a client can resume.

    It is found by its stream and number. `id` is the order in which changes were stored and has no index.
    """

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=200)
    seq = models.BigIntegerField()
    payload = WrittenJsonField()
    created_at = models.DateTimeField(db_default=Func(function="now"))

    class Meta:
        db_table = "kit_outbox"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="kit_outbox_stream_seq")]


class PendingChange(models.Model):
    """A change the relay has not published yet. Within a stream, `id` and `seq` grow together."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=200)
    seq = models.BigIntegerField()

    class Meta:
        db_table = "kit_outbox_pending"


class IdempotentReply(models.Model):
    """The answer to a command that succeeded, so that a replay of its key gets the same one.

    `owner_id` names a person without a foreign key: the kernel lies below accounts.
    """

    pk = models.CompositePrimaryKey("owner_id", "key")
    owner_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    reply = WrittenJsonField()
    created_at = models.DateTimeField(db_default=Func(function="now"))

    class Meta:
        db_table = "kit_idempotent_reply"
