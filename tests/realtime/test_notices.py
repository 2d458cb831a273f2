"""What the house tells everyone reaches open sockets, later welcomes, and is taken back."""

from collections.abc import Callable

from django.core.management import call_command
from touchline_client.testing import Client

from accounts.models import User
from realtime.actions.notices import withdraw_notice
from realtime.models import SystemNotification

OpenClient = Callable[..., Client]


async def test_a_notice_is_shown_to_everyone_and_taken_back(open_client: OpenClient, ada: User) -> None:
    async with open_client(ada) as here, open_client() as visitor:
        topic = await visitor.subscribe("lobby:prices")
        call_command("publish_notice", by="ada", type="maintenance", title="Back at noon")
        notice = SystemNotification.objects.get()
        assert topic.lane == "conflated"
        await _until_notices([here, visitor], 1)
        async with open_client() as late:
            await _until_notices([late], 1)
        withdraw_notice(notice_id=notice.id)
        await _until_notices([here, visitor], 2)

    assert [(frame["id"], frame["is_active"]) for frame in here.notices] == [
        (str(notice.id), True),
        (str(notice.id), False),
    ]
    assert here.notices == visitor.notices


async def _until_notices(clients: list[Client], count: int) -> None:
    import asyncio

    for client in clients:
        for _ in range(100):
            if len(client.notices) >= count:
                break
            await client.ping()
            await asyncio.sleep(0.06)
        assert len(client.notices) == count
