"""Who plays and where: sports, competitions, teams and players. Names are the identity that sources agree on."""

from django.db import models

from project.kit.ids import new_id


class Sport(models.Model):
    """A kind of contest, such as football."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_team_sport = models.BooleanField(default=True)

    class Meta:
        db_table = "sports_sport"

    def __str__(self) -> str:
        return self.name


class Competition(models.Model):
    """A league or a cup; `code` is the short name a source uses for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sport = models.ForeignKey(Sport, on_delete=models.PROTECT, related_name="competitions")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=80)

    class Meta:
        db_table = "sports_competition"
        constraints = [
            models.UniqueConstraint(fields=["sport", "code"], name="sports_competition_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A side in a team sport. `color` is its mark on screen as #rrggbb, `short_name` three capitals."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sport = models.ForeignKey(Sport, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=3)
    color = models.CharField(max_length=7)
    country = models.CharField(max_length=80)
    logo_url = models.URLField(max_length=500, blank=True)

    class Meta:
        db_table = "sports_team"
        constraints = [
            models.UniqueConstraint(fields=["sport", "country", "name"], name="sports_team_name"),
            models.CheckConstraint(condition=models.Q(color__regex=r"^#[0-9a-f]{6}$"), name="sports_team_color"),
            models.CheckConstraint(
                condition=models.Q(short_name__regex=r"^[A-Z0-9]{3}$"), name="sports_team_short_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Player(models.Model):
    """A person in a team, or one who takes part alone: then with a sport, a country and a mark like a team's.

    `stats` holds what the sources say, by name of the statistic.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="players")
    sport = models.ForeignKey(Sport, on_delete=models.PROTECT, null=True, blank=True, related_name="players")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=3, blank=True)
    color = models.CharField(max_length=7, blank=True)
    country = models.CharField(max_length=80, blank=True)
    position = models.CharField(max_length=40, blank=True)
    stats = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "sports_player"
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="sports_player_name"),
            models.UniqueConstraint(
                fields=["sport", "country", "name"],
                condition=models.Q(team__isnull=True),
                name="sports_player_alone_name",
            ),
            models.CheckConstraint(
                condition=models.Q(team__isnull=False)
                | models.Q(sport__isnull=False, color__regex=r"^#[0-9a-f]{6}$", short_name__regex=r"^[A-Z0-9]{3}$"),
                name="sports_player_team_or_sport",
            ),
        ]

    def __str__(self) -> str:
        return self.name
