"""Who of somebody's contacts has an open socket, as one view."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ContactsView:
    """What the owner of the list is shown."""

    online: frozenset[str]

    def image(self) -> dict[str, Any]:
        """For a newcomer."""
        return {"online": sorted(self.online)}

    def changes_since(self, old: "ContactsView") -> list[dict[str, Any]]:
        """What makes the old view this one."""
        gone = [{"type": "contact.offline", "user_id": user_id} for user_id in sorted(old.online - self.online)]
        come = [{"type": "contact.online", "user_id": user_id} for user_id in sorted(self.online - old.online)]
        return gone + come
