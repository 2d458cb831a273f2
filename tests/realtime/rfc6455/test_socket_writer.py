"""The direct writer: what may not be overtaken is not, what cannot leave waits, what comes too late is left out."""

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet import tcp

from project.server.socket_writer import SocketWriter
from tests.realtime.processes import faults_in
from tests.realtime.rfc6455.conftest import EchoServer
from tests.realtime.rfc6455.wire import PING, PONG, TEXT, Wire, frame

FRAME = b"f" * 40_000


class PlainTransport(tcp.Server):  # type: ignore[misc]  # Twisted's types are left out
    """Twisted's buffer and producer, on one end of a socket pair, driven by the test instead of a reactor."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self.producer: Any = None
        self._tempDataBuffer: list[bytes] = []
        self._tempDataLen = 0
        self.dataBuffer = b""
        self.offset = 0

    def write(self, data: bytes) -> None:
        self._tempDataBuffer.append(data)
        self._tempDataLen += len(data)

    def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: N802  Twisted's signature
        assert self.producer is None
        self.producer = producer
        producer.resumeProducing()

    def unregisterProducer(self) -> None:  # noqa: N802  Twisted's name
        self.producer = None

    def run(self) -> None:
        """What the reactor does when the socket can be written to: once."""
        data = self.dataBuffer + b"".join(self._tempDataBuffer)
        self._tempDataBuffer, self._tempDataLen = [], 0
        with contextlib.suppress(BlockingIOError):
            data = data[self.socket.send(data) :]
        self.dataBuffer = data
        if not data and self.producer is not None:
            self.producer.resumeProducing()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def make_writer(transport: PlainTransport) -> SocketWriter:
    return SocketWriter(transport, lambda code: None)


def read(end: socket.socket) -> bytes:
    data = b""
    while True:
        try:
            data += end.recv(1 << 20)
        except BlockingIOError:
            return data


def read_everything(transport: PlainTransport, end: socket.socket) -> bytes:
    data = b""
    while transport.producer is not None or transport._tempDataBuffer:
        data += read(end)
        transport.run()
    return data + read(end)


def test_a_frame_leaves_at_once_where_nothing_waits(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)

    assert writer.direct is not None
    assert writer.direct(b"one") == 3
    writer.write_bytes(b"two")

    assert ends[1].recv(100) == b"onetwo"
    assert writer.get_unsent_bytes() == 0


def test_a_frame_does_not_overtake_an_answer_that_still_waits_in_the_transport(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    transport = PlainTransport(ends[0])
    transport.write(b"HTTP/1.1 200 OK ... ")
    writer = make_writer(transport)

    early_way = writer.direct
    writer.write_bytes(b"frame")
    early = read(ends[1])
    everything = early + read_everything(transport, ends[1])

    assert early_way is None
    assert early == b""
    assert everything == b"HTTP/1.1 200 OK ... frame"
    assert writer.direct is not None


def test_the_tail_of_a_partial_send_leaves_before_anything_else(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)
    frames = [bytes([number]) * len(FRAME) for number in range(40)]

    for each in frames:
        writer.write_bytes(each)
    waiting = writer.get_unsent_bytes()
    everything = read_everything(transport, ends[1])

    assert waiting > 0
    assert everything == b"".join(frames)
    assert writer.get_unsent_bytes() == 0
    assert writer.get_progress() == waiting


def test_draining_is_told_once_everything_has_left(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)
    told: list[int] = []
    writer.on_drained = lambda: told.append(writer.get_unsent_bytes())
    for _ in range(40):
        writer.write_bytes(FRAME)
    before = list(told)

    read_everything(transport, ends[1])

    assert before == []
    assert told == [0]


def test_whole_frames_can_be_left_out_but_not_the_rest_of_one(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)
    for number in range(40):
        writer.write_bytes(bytes([number]) * len(FRAME))

    writer.drop_unsent()
    writer.write_bytes(b"goodbye")
    everything = read_everything(transport, ends[1])

    assert everything.endswith(b"goodbye")
    whole, rest = divmod(len(everything) - len(b"goodbye"), len(FRAME))
    assert 0 < whole < 40
    assert rest == 0


def test_nothing_follows_the_close_frame(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)
    for _ in range(10):
        writer.write_bytes(FRAME)

    writer.write_last(b"close")
    writer.write_bytes(b"late")
    way = writer.direct
    everything = read_everything(transport, ends[1])
    writer.write_bytes(b"later")

    assert way is None
    assert everything == FRAME * 10 + b"close"
    assert read(ends[1]) == b""


def test_a_connection_that_is_gone_swallows_what_is_written(ends: tuple[socket.socket, socket.socket]) -> None:
    transport = PlainTransport(ends[0])
    writer = make_writer(transport)
    ends[1].close()

    writer.write_bytes(b"one")
    writer.write_bytes(b"two")

    assert writer.get_unsent_bytes() == 0
    assert transport.producer is None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 for a day, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def tls_echo(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoServer]:
    server = EchoServer(tmp_path_factory.mktemp("echo") / "tls.log")
    where = f"ssl:{server.port}:interface=127.0.0.1:privateKey={certificate}:certKey={certificate}"
    server.command += ["--endpoint", where]
    server.start()
    yield server
    server.stop()
    assert faults_in(server.read_log()) == []


def exchange(wire: Wire) -> None:
    """Send far more than a reader that reads nothing can be given, then read it all."""
    texts = [json.dumps({"number": number, "text": "x" * 15_000}) for number in range(150)]
    for number, text in enumerate(texts):
        wire.send(frame(TEXT, text))
        if number == 0:
            wire.send(frame(PING, b"first"))
    received = [wire.read_frame() for _ in range(len(texts) + 1)]

    answers = [(each.opcode, each.payload) for each in received if each is not None]
    assert sorted(answers[:2]) == sorted([(TEXT, texts[0].encode()), (PONG, b"first")])
    assert answers[2:] == [(TEXT, text.encode()) for text in texts[1:]]


def test_what_waits_for_a_slow_reader_arrives_whole_and_in_order(echo: EchoServer) -> None:
    with Wire.open(echo.port) as wire:
        exchange(wire)


def test_under_tls_the_transport_encrypts_and_order_holds(tls_echo: EchoServer) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Wire.open(tls_echo.port, context=context) as wire:
        exchange(wire)
