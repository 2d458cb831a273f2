"""Placing slips while an event with many slips is settled, beside placing on an idle site."""

from typing import Final

from bench.betting.client import Load, Outcome, Seat, Site
from bench.betting.customers import make_bets, make_customers
from bench.betting.placement import client_of, folding, running_web, spread_over
from bench.betting.rows import find_postgres_id, publish_result
from bench.betting.settlement import SLIPS_A_PERSON, Bench
from bench.betting.settlement_report import ONE_WORKER, Beside, middle

CUSTOMERS: Final = 200  # they have slips on the settled event too: placing and settling meet at their wallets
MARKETS: Final = 10
PER_S: Final = 200.0  # well below what the machine takes, so that bets do not wait for each other
WARM_S: Final = 0.5
WINDOW_S: Final = 6.0


def measure_placing_beside(bench: Bench, slips: int) -> Beside:
    """The same load twice: idle, and from the moment one worker begins to settle so many slips."""
    customers = make_customers(CUSTOMERS, name="neighbour", are_listening=True)
    bets = spread_over(make_bets(MARKETS, name="Beside"))
    seats = [Seat("socket", customer.session_key) for customer in customers]
    settled_people = [*(customer.user_id for customer in customers), *bench.people[: slips // SLIPS_A_PERSON]]
    postgres_id = find_postgres_id()
    with running_web() as (port, web_id), folding(), client_of(Site(port, web_id, postgres_id)) as pipe:

        def place(name: str, window_s: float) -> Outcome:
            pipe.send(Load(name, seats, bets, warm_s=WARM_S, window_s=window_s, per_s=PER_S))
            outcome: Outcome = pipe.recv()
            return outcome

        place("warming", WARM_S)
        idle = place("idle", WINDOW_S)
        matches = bench.prepare(slips, people=settled_people)
        publish_result(matches)
        worker, event_id = bench.workers[0], matches[0].event_id
        worker.send("plan", event_id)
        worker.wait()
        worker.send("settle", event_id)
        # Settling is slower beside the load than it was alone: it will not be over before the window is.
        window_s = min(WINDOW_S, slips / middle(bench.rows[ONE_WORKER]).per_s - WARM_S)
        busy = place("busy", max(WARM_S, window_s))
        settled_s = worker.wait().seconds
    return Beside(idle, busy, PER_S, share=min(1.0, settled_s / (WARM_S + busy.seconds)))
