"""The buttons of one row in a list of the back office, for the template that stands in for unfold's."""

from typing import Any

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def list_row_buttons(context: RequestContext, row: Any) -> list[Any]:
    """Those of the page that this person may press and that lead somewhere from the row."""
    page = context["cl"].model_admin
    return [
        one for one in page.get_actions_row(context.request) if page.leads_somewhere(context.request, row, one.path)
    ]
