"""The lines of each bet type."""

import pytest

from betting.core.bet_types import InvalidLines, lines_of


@pytest.mark.parametrize(
    ("bet_type", "legs", "lines"),
    [
        ("single", 1, 1),
        ("accumulator", 2, 1),
        ("accumulator", 20, 1),
        ("trixie", 3, 4),
        ("patent", 3, 7),
        ("yankee", 4, 11),
        ("lucky15", 4, 15),
        ("super_yankee", 5, 26),
        ("lucky31", 5, 31),
        ("heinz", 6, 57),
        ("lucky63", 6, 63),
        ("super_heinz", 7, 120),
        ("goliath", 8, 247),
    ],
)
def test_every_bet_has_its_lines_and_twice_as_many_each_way(bet_type: str, legs: int, lines: int) -> None:
    assert lines_of(bet_type, leg_count=legs, is_each_way=False).count == lines
    assert lines_of(bet_type, leg_count=legs, is_each_way=True).count == 2 * lines


def test_a_system_has_the_lines_of_the_sizes_it_chooses() -> None:
    assert lines_of("system", leg_count=5, sizes=[3], is_each_way=False).count == 10
    assert lines_of("system", leg_count=6, banker_count=2, sizes=[2, 3], is_each_way=False).count == 6 + 4
    assert lines_of("system", leg_count=6, sizes=[4, 2], is_each_way=False).sizes == (2, 4)


@pytest.mark.parametrize(
    ("bet_type", "legs", "bankers", "sizes"),
    [
        ("single", 2, 0, None),
        ("accumulator", 1, 0, None),
        ("trixie", 4, 0, None),
        ("goliath", 7, 0, None),
        ("single", 1, 0, [1]),
        ("lucky15", 4, 1, None),
        ("system", 4, 0, None),
        ("system", 4, 0, []),
        ("system", 4, 0, [2, 2]),
        ("system", 4, 2, [3]),
        ("system", 1, 0, [1]),
        ("system", 2, 2, [1]),
        ("system", 20, 0, [10]),
    ],
)
def test_what_makes_no_bet_is_refused(bet_type: str, legs: int, bankers: int, sizes: list[int] | None) -> None:
    with pytest.raises(InvalidLines):
        lines_of(bet_type, leg_count=legs, banker_count=bankers, sizes=sizes, is_each_way=False)
