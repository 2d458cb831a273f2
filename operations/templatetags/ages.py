"""The age of an instant in templates of the back office."""

from datetime import datetime

from django import template

from operations.core.ages import describe_age
from project.kit import clock

register = template.Library()


@register.filter
def age(instant: datetime) -> str:
    """How long ago this was."""
    return describe_age(clock.now() - instant)
