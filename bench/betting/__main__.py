"""`make bench-betting`: slips beside what the database does at most, in one run on one PostgreSQL."""

import argparse

import django

from bench.live_stack import find_free_port, migrated_servers

FIRST_PORT = 8900


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.betting", description=__doc__)
    parser.add_argument("--long", action="store_true", help="longer windows, more rounds")
    is_long = parser.parse_args().long
    with migrated_servers(find_free_port(FIRST_PORT)) as folder:
        django.setup()
        from bench.betting.placement import LONG, SHORT, measure

        measure(folder, LONG if is_long else SHORT)


if __name__ == "__main__":
    main()
