"""The operations app, and the admin site that stands in for Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class TouchlineAdminConfig(AdminConfig):
    """Installed in the place of `django.contrib.admin`: apps keep registering on `admin.site`."""

    default = False
    default_site = "operations.site.Site"


class OperationsConfig(AppConfig):
    """The back office."""

    default = True
    name = "operations"
    verbose_name = "Operations"
