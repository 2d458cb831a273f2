"""Invented countries, competitions, towns and clubs for the synthetic league; none of them exists."""

import random
from dataclasses import dataclass
from typing import Final

from sports.core.fixtures import CompetitionSpec, TeamSpec
from sports.core.team_marks import PALETTE

TEAMS_PER_COMPETITION: Final = 18


@dataclass(frozen=True, slots=True)
class Land:
    """An invented country with its way of naming things; `{}` in a club's pattern stands for its town."""

    name: str
    code: str
    league: str
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    clubs: tuple[str, ...]


LANDS: Final = (
    Land(
        "Norvane",
        "NV",
        "Norvane {} Division",
        (
            "Aldrow", "Bramley", "Cindle", "Drenn", "Elvers", "Farrow", "Garn", "Hollis", "Ivern", "Kestle", "Lorrin",
            "Marn", "Ostley", "Pellow", "Quarn", "Rusk", "Selwy", "Tarn", "Ulver", "Wystan", "Yarrow",
        ),
        ("mere", "holt", "wick", "stead", "combe", "gate", "moor", "hurst"),
        ("{} Rovers", "{} United", "{} Town", "{} City", "{} Athletic", "{} Albion", "{} Harriers", "{} Wanderers"),
    ),
    Land(
        "Estmark",
        "EM",
        "Estmark {} Liga",
        (
            "Brund", "Drach", "Evrik", "Falst", "Graum", "Hjor", "Kraen", "Lenth", "Morv", "Nadr", "Ostrik", "Rieft",
            "Stolv", "Thaur", "Ulbr", "Wendr",
        ),
        ("heim", "hagen", "lohe", "torp", "vik", "rode", "lund", "sund"),
        ("FK {}", "SV {}", "{} 04", "Sportklubb {}", "Union {}", "{} IF"),
    ),
    Land(
        "Solvara",
        "SO",
        "Solvara {} Serie",
        (
            "Alvi", "Bermi", "Corda", "Dorra", "Estra", "Fiori", "Galva", "Irui", "Lumbra", "Mireo", "Navo", "Olmi",
            "Palvi", "Rosque", "Seravi", "Torba", "Velu", "Zaro",
        ),
        ("vento", "maro", "dela", "nuova", "terra", "lina", "biana", "cuta"),
        ("Deportivo {}", "{} CF", "CD {}", "Estrella {}", "Juventud {}", "{} Sur"),
    ),
)  # fmt: skip
TIERS: Final = ("First", "Second", "Third", "Fourth", "Fifth")


@dataclass(frozen=True, slots=True)
class League:
    """One invented competition with its teams in a fixed order."""

    competition: CompetitionSpec
    teams: tuple[TeamSpec, ...]
    towns: tuple[str, ...]


def name_league(seed: int, index: int) -> League:
    """The index-th league of a seed: countries take turns, each further league of one is a tier below."""
    land = LANDS[index % len(LANDS)]
    tier = index // len(LANDS)
    towns = [beginning + ending for beginning in land.beginnings for ending in land.endings]
    random.Random(f"{seed}:{land.code}:towns").shuffle(towns)
    first = tier * TEAMS_PER_COMPETITION
    draw = random.Random(f"{seed}:{land.code}:{tier}:clubs")
    colors = [PALETTE[number % len(PALETTE)] for number in range(TEAMS_PER_COMPETITION)]
    draw.shuffle(colors)
    chosen = [towns[number % len(towns)] for number in range(first, first + TEAMS_PER_COMPETITION)]
    short_names = _short_names(chosen)
    teams = []
    for place, town in enumerate(chosen):
        lap = (first + place) // len(towns)  # towns ran out: their next club has the next pattern
        pattern = land.clubs[(sum(map(ord, town)) + lap) % len(land.clubs)]
        generation = lap // len(land.clubs)
        name = pattern.format(town) + (f" {generation + 1}" if generation else "")
        teams.append(TeamSpec(name, land.name, short_names[place], colors[place]))
    tier_name = TIERS[tier] if tier < len(TIERS) else f"Regional {tier - len(TIERS) + 1}"
    competition = CompetitionSpec(f"{land.code}{tier + 1}", land.league.format(tier_name), land.name)
    return League(competition, tuple(teams), tuple(chosen))


def _short_names(towns: list[str]) -> list[str]:
    """Three capitals a town, different from each other within a league."""
    taken: set[str] = set()
    short_names = []
    for town in towns:
        letters = town.upper()
        candidates = [letters[:3], *(letters[:2] + letter for letter in letters[3:])]
        candidates += [letters[0] + one + two for one in letters[1:] for two in letters[1:]]
        short_name = next((candidate for candidate in candidates if candidate not in taken), letters[:3])
        taken.add(short_name)
        short_names.append(short_name)
    return short_names
