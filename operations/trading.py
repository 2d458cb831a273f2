"""The live trading desk: a page of our own with the strict policy. All it shows and does goes through `/api/desk`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from betting.access import is_trader
from project.kit.http import caller_of


@never_cache
def show_trading(request: HttpRequest) -> HttpResponse:
    """The page for admins and traders, with ways into the back office for the staff; others of them are refused."""
    if not is_trader(caller_of(request)):
        return HttpResponse("Only traders come in here.", status=403, content_type="text/plain; charset=utf-8")
    return render(request, "operations/trading.html")
