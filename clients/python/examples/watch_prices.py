"""Prints every price of the lobby as it moves, and whether it may be called live."""

import asyncio
import sys

from touchline_client import Client, topics


async def main(url: str) -> None:
    client = Client(url)
    client.on("state", lambda state: print("the connection is", state))
    async with client:
        prices = await client.subscribe(topics.lobby_prices(), conflate_ms=100)
        async for event in prices:
            for event_id, _, market in event.entries:
                if market is None:
                    print(event_id, "is over")
                else:
                    odds = [selection["odds"] for selection in market["selections"]]
                    print(event_id, *odds, "live" if prices.is_current else "old")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
