"""The live trading desk: a page of our own with the strict policy. All it shows and does goes through `/api/desk`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_trading(request: HttpRequest) -> HttpResponse:
    """The page for admins and traders, with ways into the back office for the staff."""
    return render(request, "operations/trading.html")


def refuse_trading(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Only traders come in here.", status=403, content_type="text/plain; charset=utf-8")
