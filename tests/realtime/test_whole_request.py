"""A request read in one piece is the one Twisted would have read; whatever is unusual is left to Twisted."""

import pytest

from project.server.whole_request import HEAD_BYTES_MAX, HEADERS_MAX, read_whole, write_whole

LINE = b"POST /api/slips HTTP/1.1\r\n"


def raw(*lines: bytes, body: bytes = b"{}") -> bytes:
    return LINE + b"\r\n".join((b"Host: a", *lines, b"", b"")) + body


def test_headers_and_body_are_read() -> None:
    data = raw(b"CONTENT-length:2", b"Connection:  Keep-Alive ", b"X-Empty:", b"Cookie: a=b; c=d:e", b"cookie: f")

    assert read_whole(data, LINE) == (
        [
            (b"host", b"a"),
            (b"content-length", b"2"),
            (b"connection", b"Keep-Alive"),
            (b"x-empty", b""),
            (b"cookie", b"a=b; c=d:e"),
            (b"cookie", b"f"),
        ],
        b"{}",
    )


LEFT = {
    "no length": raw(),
    "two lengths": raw(b"Content-Length: 2", b"Content-Length: 2"),
    "a length with a sign": raw(b"Content-Length: +2"),
    "a length in two parts": raw(b"Content-Length: 2, 2"),
    "more than one request": raw(b"Content-Length: 2") + LINE,
    "less than one request": raw(b"Content-Length: 3"),
    "chunks": raw(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "chunks and a length": raw(b"Content-Length: 2", b"Transfer-Encoding: chunked"),
    "the last request": raw(b"Content-Length: 2", b"Connection: close"),
    "another protocol": raw(b"Content-Length: 2", b"Connection: Upgrade", b"Upgrade: h2c"),
    "somebody who waits": raw(b"Content-Length: 2", b"Expect: 100-continue"),
    "a root path": raw(b"Content-Length: 2", b"Daphne-Root-Path: /x"),
    "a name with an underscore": raw(b"Content-Length: 2", b"X_Session_Token: a"),
    "a name with a space": raw(b"Content-Length: 2", b"Cookie : a"),
    "no name": raw(b"Content-Length: 2", b": a"),
    "no colon": raw(b"Content-Length: 2", b"Cookie"),
    "a folded line": raw(b"Content-Length: 2", b"Cookie: a", b" b"),
    "a bare line feed": raw(b"Content-Length: 2", b"Cookie: a\nX: b"),
    "a bare carriage return": raw(b"Content-Length: 2", b"Cookie: a\rX: b"),
    "a control character": raw(b"Content-Length: 2", b"Cookie: \x00"),
    "a tab": raw(b"Content-Length: 2", b"Cookie:\ta"),
    "no ASCII": raw(b"Content-Length: 2", b"Cookie: \x85"),
    "a head without end": LINE + b"Host: a\r\nContent-Length: 2\r\n",
    "no header": LINE + b"\r\n",
    "many headers": raw(b"Content-Length: 2", *[b"A: b"] * HEADERS_MAX),
    "a large head": raw(b"Content-Length: 2", b"A: " + b"b" * HEAD_BYTES_MAX),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_unusual_is_left(name: str) -> None:
    assert read_whole(LEFT[name], LINE) is None


def test_a_request_is_read_whole_or_not_at_all() -> None:
    data = raw(b"Content-Length: 2")

    assert [end for end in range(len(data) + 1) if read_whole(data[:end], LINE) is not None] == [len(data)]


def test_an_answer_names_its_own_length() -> None:
    headers = [(b"Content-Length", b"9"), (b"X-Frame-Options", b"DENY")]

    assert write_whole(409, headers, b"no") == (
        b"HTTP/1.1 409 Conflict\r\nX-Frame-Options: DENY\r\nContent-Length: 2\r\n\r\nno"
    )


@pytest.mark.parametrize("value", [b"a\r\nX: b", b"a\nX: b", b"a\r"])
def test_no_header_ends_its_line(value: bytes) -> None:
    with pytest.raises(ValueError, match="line break"):
        write_whole(200, [(b"X", value)], b"")
