"""Places one slip, exactly once, whatever happens to the connection, and says what became of it."""

import asyncio
import sys

from touchline_client import CallRefused, Client, NotConnected, OutcomeUnknown, topics
from touchline_client.generated.commands import LegCommand, PlaceSlipCommand


async def place(client: Client, slip: PlaceSlipCommand, key: str | None = None) -> str | None:
    """The slip's id; None if nothing was placed."""
    try:
        placed = await client.call("place_slip", slip, key=key)
    except CallRefused as refused:
        print("not placed:", refused.code, refused)
    except NotConnected:
        print("not placed: nothing was sent")
    except OutcomeUnknown as unknown:
        await asyncio.sleep(1)
        return await place(client, slip, unknown.key)  # placed once, however often it is sent
    else:
        print("placed at", placed["odds"])
        return placed["id"]
    return None


async def main(url: str, token: str, slip: PlaceSlipCommand) -> None:
    async with Client(url, token=token) as client:
        assert client.user is not None, "the token is not valid any more"
        mine = await client.subscribe(topics.user(client.user["id"]))
        events = aiter(mine)  # begins here: whatever happens while the slip is placed is seen later
        slip_id = await place(client, slip)
        async for event in events:
            if event.kind == "change" and event.change["type"] == "slip.settled":
                for slip_settled in event.change["slips"]:
                    if slip_settled["id"] == slip_id:
                        print(slip_settled["status"], slip_settled["payout"])
                        return


if __name__ == "__main__":
    address, session_token, selection_id, odds = sys.argv[1:]
    legs: list[LegCommand] = [{"selection_id": selection_id, "odds": odds}]
    asyncio.run(main(address, session_token, {"stake": "1.00", "currency": "PLY", "legs": legs}))
