"""Worked examples in a file, run against the rules themselves: `manage.py run_cases FILE`."""
