"""The divisions of the football-data layout: code -> name and country."""

from typing import Final

from sports.core.fixtures import CompetitionSpec, TeamSpec
from sports.core.team_marks import color_of, short_name_of

_DIVISIONS: Final = {
    "E0": ("Premier League", "England"),
    "E1": ("Championship", "England"),
    "E2": ("League One", "England"),
    "E3": ("League Two", "England"),
    "EC": ("National League", "England"),
    "SC0": ("Premiership", "Scotland"),
    "SC1": ("Championship", "Scotland"),
    "SC2": ("League One", "Scotland"),
    "SC3": ("League Two", "Scotland"),
    "D1": ("Bundesliga", "Germany"),
    "D2": ("2. Bundesliga", "Germany"),
    "I1": ("Serie A", "Italy"),
    "I2": ("Serie B", "Italy"),
    "SP1": ("La Liga", "Spain"),
    "SP2": ("La Liga 2", "Spain"),
    "F1": ("Ligue 1", "France"),
    "F2": ("Ligue 2", "France"),
    "N1": ("Eredivisie", "Netherlands"),
    "B1": ("Jupiler Pro League", "Belgium"),
    "P1": ("Primeira Liga", "Portugal"),
    "T1": ("Super Lig", "Turkey"),
    "G1": ("Super League", "Greece"),
}


def competition_of(division: str) -> CompetitionSpec:
    """The competition of a division code; an unknown code stands for itself."""
    name, country = _DIVISIONS.get(division, (division, ""))
    return CompetitionSpec(division, name, country)


def team_of(name: str, country: str) -> TeamSpec:
    """A team as these sources know it: a name and nothing else."""
    return TeamSpec(name, country, short_name_of(name), color_of(f"{country}:{name}"))
