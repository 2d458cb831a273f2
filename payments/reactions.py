"""What money does when something happened to people."""

from collections.abc import Sequence

from accounts.events import UserSignedUp
from payments.actions.wallets import open_wallets
from project.kit.reactions import reaction


@reaction(UserSignedUp, name="payments.open_wallets")
def open_wallets_of_new_people(events: Sequence[UserSignedUp]) -> None:
    """Nothing waits for this: whoever looks at their wallet sooner opens it by looking."""
    for event in events:
        open_wallets(user_id=event.user_id)
