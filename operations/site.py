"""The admin site: its front page shows what waits for somebody, and its log-in is counted."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from operations.queries.figures import describe_dashboard
from project.kit.errors import RateLimited
from project.kit.http import caller_of
from project.kit.throttles import check_rate

LOGINS_PER_FIVE_MINUTES: Final = 10  # per address: a person mistypes three times, a guesser needs thousands


class Site(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    """Touchline's back office. Who is staff comes in; each page asks for its own roles."""

    site_title = "Touchline"
    site_header = "Touchline"
    index_title = "Back office"
    index_template = "operations/dashboard.html"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The front page with the figures this role may see."""
        dashboard = describe_dashboard(caller_of(request))
        response: HttpResponse = super().index(request, {**(extra_context or {}), "dashboard": dashboard})
        return response

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's log-in form, with attempts counted by address. It leads to the page that was asked for, or here."""
        if request.method == "GET" and "next" not in request.GET:
            home = urlencode({"next": reverse(f"{self.name}:index")})
            return HttpResponseRedirect(f"{reverse(f'{self.name}:login')}?{home}")
        if request.method == "POST":
            try:
                check_rate(f"admin-login:{caller_of(request).ip}", limit=LOGINS_PER_FIVE_MINUTES, per_s=300)
            except RateLimited as refusal:
                messages.error(request, f"Too many attempts. Try again in {refusal.retry_after_s} seconds.")
                return HttpResponseRedirect(reverse("admin:login"))
        response: HttpResponse = super().login(request, extra_context)
        return response
