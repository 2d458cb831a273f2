"""Every address of the site: the API, allauth's headless API, the admin, and the client's shell for all else."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

import accounts.api
import betting.api
import community.api
import ml.api
import payments.api
import realtime.api
import sports.api
from operations.prometheus import metrics
from project import health
from project.kit.http import build_api
from project.shell import shell

admin.autodiscover()

api = build_api()
for module in (accounts, payments, sports, ml, betting, community, realtime):
    api.add_router("", module.api.router)
api.add_router("", health.router)


def missing(request: HttpRequest) -> HttpResponse:
    """An address that there is not."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    # Nobody has a telephone here: allauth routes its doors all the same, and fails at them.
    re_path(r"^_allauth/(?:app|browser)/v1/(?:account|auth)/phone", missing),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics),
    # Below these prefixes an unknown address is missing; everywhere else the client has its pages.
    re_path(r"^(?!api/|assets/|static/|_allauth/|admin/|ws/).*$", shell),
]
