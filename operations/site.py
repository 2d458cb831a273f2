"""The admin site: its front page shows what waits for somebody, its status page what the processes do."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from unfold.sites import UnfoldAdminSite

from betting.access import is_trader
from operations.forms import OwnPasswordForm
from operations.queries.figures import describe_dashboard
from operations.queries.status import WEB_COLUMNS, describe_status
from operations.trading import refuse_trading, show_trading
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

    def extra_urls(self) -> list[URLPattern]:
        """Pages that belong to no table."""
        return [
            path("status/", require_safe(self.admin_view(self.show_status)), name="status"),
            path("trading/", never_cache(require_safe(self.show_trading)), name="trading"),
            path("status/figures/", never_cache(require_safe(self.show_status_figures)), name="status_figures"),
        ]

    def show_trading(self, request: HttpRequest) -> HttpResponse:
        """The live desk, for whoever may use `/api/desk`, on the staff or not. Others meet the staff's gate first.

        Who is logged out comes by the client's log-in: the staff's refuses traders who are not of the staff.
        """
        caller = caller_of(request)
        if caller.user_id is None:
            return redirect_to_login(request.get_full_path(), "/login")
        if is_trader(caller):
            return show_trading(request)
        refusal: HttpResponse = self.admin_view(refuse_trading)(request)
        return refusal

    def show_status(self, request: HttpRequest) -> HttpResponse:
        """What the processes of the site are doing. It names nobody, so everyone on the staff may look."""
        return TemplateResponse(
            request, "operations/status.html", {**self.each_context(request), **_status_context(), "title": "Status"}
        )

    def show_status_figures(self, request: HttpRequest) -> HttpResponse:
        """What the status page asks for again and again. A page whose session has ended goes to the log-in."""
        if self.has_permission(request):
            return TemplateResponse(request, "operations/status_figures.html", _status_context())
        log_in = f"{reverse(f'{self.name}:login')}?{urlencode({'next': reverse(f'{self.name}:status')})}"
        return HttpResponse(status=401, headers={"HX-Redirect": log_in})

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """One's own password. It is logged, every other session ends, and every socket of the person is closed."""
        change = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse(f"{self.name}:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return change(request)

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


def _status_context() -> dict[str, Any]:
    return {"status": describe_status(), "web_columns": WEB_COLUMNS}
