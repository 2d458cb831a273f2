"""What a request may claim about itself to daphne, and what Django believes of it."""

import asyncio
from http.client import HTTPConnection

from accounts.models import User, UserConsent
from tests.realtime.processes import WebServer, session_cookie


def put(port: int, path: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    body = b'{"consent_type":"marketing","given":true}'
    connection.request("PUT", path, body, headers | {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


async def test_a_root_path_in_a_header_leads_no_rule_astray(web: WebServer, ada: User) -> None:
    headers = {"Cookie": session_cookie(ada), "Daphne-Root-Path": "/x"}

    status = await asyncio.to_thread(put, web.port, "/x/api/me/consents", headers)

    assert status in (403, 405)
    assert UserConsent.objects.filter(user=ada, consent_type="marketing", given=True).count() == 0
