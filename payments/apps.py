"""Registers the app; reactions and topics are found by the kernel's autodiscovery."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Payments"
