"""Changes that are stored for listeners alone: nobody who begins to listen misses one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from project.kit import clock, streams
from project.kit.models import OutboxChange, PendingChange, StreamHead
from project.kit.streams import note_listeners
from tests.waiting import is_anybody_waiting, wait_until

TOPIC = "test:a"


def tell_listeners(*numbers: int) -> None:
    payloads = [f'{{"number":{number}}}' for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream_append(%s::text[], %s::json[], true)", [[TOPIC] * len(numbers), payloads])


def stored() -> list[tuple[int, object]]:
    changes = list(OutboxChange.objects.filter(stream=TOPIC).order_by("seq").values_list("seq", "payload__number"))
    assert list(PendingChange.objects.order_by("seq").values_list("seq", flat=True)) == [seq for seq, _ in changes]
    return changes


@pytest.mark.django_db
def test_only_a_stream_that_somebody_listened_to_within_a_day_keeps_them() -> None:
    tell_listeners(1, 2)  # a stream that begins counts as heard
    StreamHead.objects.update(heard_at=clock.now() - timedelta(hours=25))
    tell_listeners(3)
    note_listeners([TOPIC])
    tell_listeners(4)

    assert stored() == [(1, 1), (2, 2), (4, 4)]
    assert streams.head(TOPIC).seq == 4


@pytest.mark.django_db
def test_who_missed_one_starts_from_an_image() -> None:
    tell_listeners(1)
    at = streams.head(TOPIC)
    StreamHead.objects.update(heard_at=None)
    tell_listeners(2)

    assert streams.head(TOPIC).seq == 2
    assert streams.read_since(TOPIC, at.epoch, at.seq) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["waits", "control: asked before the head is locked"])
def test_who_begins_to_listen_has_what_was_not_stored_for_them(is_locked: bool) -> None:
    """Their image is read once they are noted. Without the head's lock a change that is not stored could come after."""
    StreamHead.objects.create(name=TOPIC, epoch="e", seq=0)

    def begin_to_listen() -> int:
        try:
            note_listeners([TOPIC])
            return streams.head(TOPIC).seq
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            if is_locked:
                tell_listeners(1)
                image = pool.submit(begin_to_listen)
                wait_until(lambda: is_anybody_waiting("%kit_stream%"))
            else:
                is_heard = StreamHead.objects.filter(heard_at__isnull=False).exists()
                image = pool.submit(begin_to_listen)
                assert (is_heard, image.result(timeout=10)) == (False, 0)
                StreamHead.objects.update(seq=F("seq") + 1)
        assert image.result(timeout=10) == (1 if is_locked else 0)

    assert (streams.head(TOPIC).seq, stored()) == (1, [])
