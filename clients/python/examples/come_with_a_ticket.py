"""A socket of a person whose session this program holds: the ticket is fetched anew before each connection."""

import asyncio
import json
import sys
import urllib.request

from touchline_client import Client


def get_ticket(site: str, session_token: str) -> str:
    """It blocks, so the client runs it in a thread. Where it raises OSError the attempt has failed; another follows."""
    request = urllib.request.Request(
        f"{site}/api/socket-ticket", method="POST", headers={"X-Session-Token": session_token}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        ticket: str = json.load(answer)["ticket"]
    return ticket


async def main(site: str, session_token: str) -> None:
    url = site.replace("http", "ws", 1) + "/ws/v1/"
    async with Client(url, get_ticket=lambda: get_ticket(site, session_token)) as client:
        print("hello", client.user["display_name"] if client.user else "visitor")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
