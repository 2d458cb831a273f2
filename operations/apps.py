"""The operations app, and the admin site that stands in for Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class TouchlineAdminConfig(SimpleAdminConfig):
    """Installed in the place of `django.contrib.admin`: apps keep registering on `admin.site`.

    They do so when the addresses are first asked for: no worker has to read what only the pages of the admin need.
    """

    default = False
    default_site = "operations.site.Site"


class OperationsConfig(AppConfig):
    """The back office."""

    default = True
    name = "operations"
    verbose_name = "Operations"
