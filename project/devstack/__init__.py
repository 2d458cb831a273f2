"""The servers and processes of one machine: PostgreSQL and Redis from wheels, and the supervisor of `make run`."""
