"""What `make bench-stream` says of its promises: on any machine the same of the same server."""

import math

import pytest

from bench.stream.client import Measured, Opened
from bench.stream.measuring import Result, Trial
from bench.stream.promises import C_FLOOR, C_GATHERING, HUB, REFERENCE_FLOOR, Run, Target, list_targets
from bench.stream.saturated import Saturated
from bench.stream.scenarios import MARKETS_50, ONE_CHANGE, ONE_FRAME, TOPICS_0, TOPICS_20, Row, Scenario
from bench.stream.updates import Load, TopicChoice, hub_greeting, plain_greeting
from bench.stream.variants import Variant


def variant(name: str, processes: int = 1) -> Variant:
    return Variant(name, "plain", (), rate=80, processes=processes)


def row(scenario: Scenario, name: str, *, updates: float, p99_ms: float = 1.0, setup_us: float = 100.0) -> Row:
    window = Measured(round(updates), 1.0, 0.5, 0.0, 2.0, [p99_ms], 0.0, 0)
    opened = Opened(setup_us, 16 * 1024, b"")
    return Row(scenario, Result(Trial(variant(name), scenario.load), 80, opened, [window], round(updates)))


def saturated(name: str, processes: int, *, wall_s: float, busiest_cpu_s: float) -> Saturated:
    return Saturated(variant(name, processes), [1_000], 1_000, wall_s, 1.0, busiest_cpu_s, 0.1)


def find(run: Run, promise: str) -> Target:
    return next(target for target in list_targets(run) if target.promise.startswith(promise))


@pytest.mark.parametrize(("share", "verdict"), [(0.5, "met"), (1.0, "missed"), (1.5, "missed")])
def test_millions_and_microseconds_are_judged_as_on_the_reference_core(share: float, verdict: str) -> None:
    rows = [
        row(ONE_FRAME, C_FLOOR, updates=REFERENCE_FLOOR * share),
        row(ONE_FRAME, HUB, updates=100_000, setup_us=600),
        row(MARKETS_50, HUB, updates=1_500_000),
    ]
    run = Run(rows, [], [])

    millions, setup = find(run, "2 20 markets at 50 ms"), find(run, "4 set-up")

    assert (millions.figure, millions.verdict) == (1.5, verdict)
    assert millions.scaled == pytest.approx(1.5 / share, rel=1e-4)
    assert (setup.figure, setup.verdict) == (600, verdict)
    assert setup.scaled == pytest.approx(600 * share, rel=1e-4)


def test_ratios_are_judged_as_they_are_by_the_slower_lane() -> None:
    rows = [
        row(ONE_FRAME, C_FLOOR, updates=100_000),
        row(ONE_FRAME, HUB, updates=90_000),
        row(ONE_CHANGE, HUB, updates=79_000),
    ]

    target = find(Run(rows, [], []), "1 one frame an update: of the floor")

    assert (target.figure, target.scaled, target.verdict) == (0.79, None, "missed")


@pytest.mark.parametrize(("floor_ms", "verdict"), [(1.0, "missed"), (4.0, "met")])
def test_the_wait_is_judged_as_it_is_and_compared_with_that_of_the_c_loop(floor_ms: float, verdict: str) -> None:
    rows = [row(TOPICS_0, C_FLOOR, updates=9, p99_ms=floor_ms), row(TOPICS_0, HUB, updates=9, p99_ms=4.5)]
    run = Run(rows, [], [])

    alone, beside = find(run, "3 50 topics uncongested"), find(run, "3 the same, of the floor's")

    assert (alone.figure, alone.floor, alone.bound, alone.verdict) == (4.5, floor_ms, 2.0, "missed")
    assert (beside.figure, beside.bound, beside.verdict) == (4.5 / floor_ms, 1.25, verdict)


def test_gathering_stands_beside_a_c_loop_that_gathers() -> None:
    rows = [row(TOPICS_20, C_GATHERING, updates=200_000), row(TOPICS_20, HUB, updates=170_000)]
    run = Run(rows, [], [])

    assert find(run, "3 gathered at 20 ms, any topics").floor == 0.2
    assert find(run, "3 the same, any topics").figure == 0.85


def test_two_processes_are_judged_alone_and_beside_two_of_the_c_loop() -> None:
    run = Run(
        [],
        [],
        [
            saturated(C_FLOOR, 1, wall_s=3.0, busiest_cpu_s=3.0),
            saturated(C_FLOOR, 2, wall_s=2.0, busiest_cpu_s=1.5),
            saturated(HUB, 1, wall_s=7.0, busiest_cpu_s=7.0),
            saturated(HUB, 2, wall_s=5.0, busiest_cpu_s=3.5),
        ],
    )

    alone, busiest, beside = list_targets(run)[-3:]

    assert (alone.figure, alone.floor, alone.verdict) == (1.4, 1.5, "missed")
    assert (busiest.figure, busiest.floor, busiest.verdict) == (2.0, 2.0, "met")
    assert beside.figure == pytest.approx(1.4 / 1.5)
    assert beside.verdict == "met"


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    targets = list_targets(Run([], [], []))

    assert {target.verdict for target in targets} == {"not measured"}
    assert all(math.isnan(target.figure) for target in targets)


@pytest.mark.parametrize("is_one_match", [False, True])
def test_every_server_is_asked_for_the_same_topics(is_one_match: bool) -> None:
    load = Load(topic_count=50, topics_a_client=5, is_one_match=is_one_match)

    listeners = [0] * 50
    for client in range(100):
        topics = load.topics_of(client)
        assert plain_greeting(load, client) == [f'{{"op":"subscribe","id":1,"topics":{str(topics).replace(" ", "")}}}']
        assert all(f'"{load.topics[topic]}"' in hub_greeting(load, client)[1] for topic in topics)
        for topic in topics:
            listeners[topic] += 1

    assert listeners == [10] * 50


def test_the_topics_of_a_match_move_one_after_another() -> None:
    choice = TopicChoice(Load(topic_count=50, topics_a_client=5, is_one_match=True))

    picked = [choice.pick(number) for number in range(50)]

    assert [topic % 5 for topic in picked] == [0, 1, 2, 3, 4] * 10
    assert all(len({topic // 5 for topic in picked[first : first + 5]}) == 1 for first in range(0, 50, 5))
