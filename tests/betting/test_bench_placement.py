"""The benchmark of placement reads answers as they are: a figure made of misread answers would be worse than none."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from bench.betting.baseline import read_report
from bench.betting.client import Outcome
from bench.betting.lines import outcome_of_frame, outcome_of_response, read_frames, read_response
from bench.betting.processors import tree_cpu_s
from bench.betting.report import Row, Target, show_exactness
from project.server.frame_reader import Opcode, control_frame, data_frame
from realtime.core.encoding import frame_of

REPLY = frame_of({"op": "reply", "ref": 7}, ok='{"id":"1","note":"\\"error\\""}')
REFUSAL = frame_of({"op": "reply", "ref": 7, "error": {"code": "insufficient_funds", "status": 409}})
TOO_FAST = frame_of({"op": "error", "code": "rate_limited", "status": 429})


def test_frames_are_read_in_any_pieces() -> None:
    long = b'{"x":"' + b"y" * 70_000 + b'"}'
    stream = REPLY.wire + control_frame(Opcode.PING, b"now") + data_frame(Opcode.TEXT, long) + REFUSAL.wire

    found, rest = [], b""
    for start in range(0, len(stream), 1_009):
        frames, rest = read_frames(rest + stream[start : start + 1_009])
        found += frames

    assert found == [(1, REPLY.text.encode()), (9, b"now"), (1, long), (1, REFUSAL.text.encode())]
    assert rest == b""


@pytest.mark.parametrize(
    ("frame", "outcome"), [(REPLY, "accepted"), (REFUSAL, "insufficient_funds"), (TOO_FAST, "rate_limited")]
)
def test_only_a_reply_that_is_ok_counts_as_accepted(frame: object, outcome: str) -> None:
    assert outcome_of_frame(frame.wire[2:] if len(frame.wire) < 128 else frame.wire[4:]) == outcome  # type: ignore[attr-defined]  # a Frame


def test_a_response_is_read_when_it_is_whole() -> None:
    body = json.dumps({"code": "odds_changed"}).encode()
    response = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    assert read_response(response[:-1]) == (None, response[:-1])
    assert read_response(response + b"HTTP") == ((b"HTTP/1.1 409 Conflict", body), b"HTTP")
    assert outcome_of_response(b"HTTP/1.1 409 Conflict", body) == "odds_changed"
    assert outcome_of_response(b"HTTP/1.1 201 Created", b"{}") == "accepted"
    with pytest.raises(SystemExit, match="without a length"):
        read_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_what_pgbench_reports_is_found_and_nothing_is_no_figure() -> None:
    report = "number of transactions actually processed: 9326\ntps = 2333.120000 (without initial connection time)\n"

    assert read_report(report) == (9_326, 2_333.12)
    with pytest.raises(SystemExit):
        read_report(report.replace("9326", "0"))


def test_windows_add_up_and_refusals_are_no_slips() -> None:
    row = Row()
    for latency_ms in (4.0, 8.0):
        answers = Counter({"accepted": 100, "odds_changed": 20})
        row.add(Outcome(answers, [latency_ms], 2.0, web_cpu_s=0.02, database_cpu_s=0.01, client_cpu_s=0.01))

    assert (row.accepted, row.per_s, row.p(0.99)) == (200, 50.0, 8.0)
    assert row.cpu_us == pytest.approx(300.0)
    assert row.as_cells("x", 100.0)[2] == "0.50"
    assert row.as_cells("x", 100.0)[-1] == "40"


def test_a_bound_is_a_floor_or_a_ceiling() -> None:
    assert [Target("x", 1.0, figure).is_met for figure in (0.99, 1.0)] == [False, True]
    assert [Target("x", 25.0, figure, is_ceiling=True).is_met for figure in (25.0, 25.1)] == [True, False]


def test_a_time_of_a_processor_is_judged_as_the_reference_machine_would_have_it() -> None:
    slow = [Target("x", 250.0, figure, is_ceiling=True, speed=0.25) for figure in (1_000.0, 1_001.0)]

    assert [target.is_met for target in slow] == [True, False]
    assert slow[0].as_cells() == ["x", "<= 250.00", "1000.00", "250.00", "met"]
    assert Target("x", 1.0, 0.5).as_cells() == ["x", ">= 1.00", "0.50", "", "missed"]


def test_a_balance_that_is_off_by_the_smallest_coin_ends_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(Counter({"accepted": 3, "insufficient_funds": 2}), accepted_in_all=3)

    show_exactness(1_000, 850, "0.50", outcome)
    with pytest.raises(SystemExit):
        show_exactness(1_000, 851, "0.50", outcome)

    assert "10.00 - 3 x 0.50 = 8.50 exactly; refused: 2 insufficient_funds" in capsys.readouterr().out


def test_time_of_children_that_have_ended_is_counted() -> None:
    nested = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))']); print(); input()"
    with subprocess.Popen([sys.executable, "-c", nested], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None and parent.stdin is not None
        parent.stdout.readline()
        used_s = tree_cpu_s(parent.pid)
        parent.stdin.write(b"\n")

    assert used_s > 0.1
