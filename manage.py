#!/usr/bin/env python
"""Django's command line. Without TOUCHLINE_ENV it works on the development stack, which `make run` starts."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ.setdefault("TOUCHLINE_ENV", "development")
    execute_from_command_line(sys.argv)
