"""Invented people of the synthetic tours; none of them exists."""

import random
from typing import Final

from sports.core.fixtures import TeamSpec
from sports.core.team_marks import PALETTE

FIRST: Final = (
    "Aldo", "Benna", "Corin", "Dario", "Elin", "Fenn", "Galo", "Hanne", "Ilse", "Jarek", "Kaia", "Levin", "Mirte",
    "Nilo", "Orla", "Pavo", "Quill", "Rune", "Sanne", "Teo", "Ulla", "Vidar", "Wanda", "Yann", "Zora",
)  # fmt: skip
LAST: Final = (
    "Ambrell", "Brandvik", "Castorel", "Dunmere", "Estrand", "Falkner", "Gullhaug", "Harrowby", "Isendal", "Jorvald",
    "Kestrin", "Lumbero", "Marenko", "Nordhav", "Ostrava", "Pelloni", "Quintar", "Rosvall", "Sandmark", "Torvane",
    "Ulvestad", "Valterra", "Westholt", "Yarrick", "Zandero",
)  # fmt: skip
LANDS: Final = ("Norvane", "Estmark", "Solvara")


def name_people(seed: int, *, tour: str, count: int) -> tuple[TeamSpec, ...]:
    """People of one tour in a fixed order, each name once."""
    draw = random.Random(f"{seed}:{tour}:people")
    pairs = [(first, last) for first in FIRST for last in LAST]
    draw.shuffle(pairs)
    return tuple(
        TeamSpec(
            name=f"{first} {last}",
            country=LANDS[place % len(LANDS)],
            short_name=last[:3].upper(),
            color=PALETTE[draw.randrange(len(PALETTE))],
        )
        for place, (first, last) in enumerate(pairs[:count])
    )
