"""How each change moves the image of its topic, so that image and changes together equal a fresh image."""

from collections.abc import Callable, Mapping
from typing import Any

Image = dict[str, Any]
Change = Mapping[str, Any]
Reducer = Callable[[Image, Change], Image]

OPEN_SLIP_STATUSES = frozenset({"pending_delay", "accepted"})
OPEN_SLIPS_SHOWN = 200
POOL_ENTRIES_SHOWN = 100
OPEN_WITHDRAWAL_STATUSES = frozenset({"requested", "approved", "processing"})
OPEN_EVALUATION_STATUSES = frozenset({"pending", "running"})
THREADS_SHOWN = 50
REPLIES_SHOWN = 200


def apply_change(image: Image, change: Change) -> Image:
    """The image after one change. A type this client does not know yet changes nothing."""
    reducer = _REDUCERS.get(change["type"])
    return reducer(image, change) if reducer else image


def _keep(image: Image, change: Change) -> Image:
    """What the image does not hold; who wants to know of it asks for it."""
    return image


def _put_wallet(image: Image, change: Change) -> Image:
    wallet = change["wallet"]
    wallets = [wallet if each["currency"] == wallet["currency"] else each for each in image["wallets"]]
    if wallet not in wallets:
        wallets.append(wallet)
    return image | {"wallets": wallets}


def _put_withdrawal(image: Image, change: Change) -> Image:
    withdrawal = change["withdrawal"]
    shown = [each for each in image["open_withdrawals"] if each["id"] != withdrawal["id"]]
    if withdrawal["status"] in OPEN_WITHDRAWAL_STATUSES:
        shown = sorted([*shown, withdrawal], key=lambda each: (each["requested_at"], each["id"]), reverse=True)
    return image | {"open_withdrawals": shown}


def _put_slip(image: Image, change: Change) -> Image:
    return image | {"open_slips": _with_slips(image["open_slips"], [change["slip"]])}


def _place_slip(image: Image, change: Change) -> Image:
    placed = _put_slip(image, change)
    return _put_wallet(placed, change) if change.get("wallet") else placed


def _put_slips(image: Image, change: Change) -> Image:
    return image | {"open_slips": _with_slips(image["open_slips"], change["slips"])}


def _with_slips(known: list[Any], slips: list[Any]) -> list[Any]:
    changed = {each["id"] for each in slips}
    still_open = [each for each in slips if each["status"] in OPEN_SLIP_STATUSES]
    shown = [each for each in known if each["id"] not in changed] + still_open
    if still_open:
        shown.sort(key=lambda each: (each["placed_at"], each["id"]), reverse=True)
    return shown[:OPEN_SLIPS_SHOWN]


def _add_entry(image: Image, change: Change) -> Image:
    return image | {"open_pool_entries": [change["entry"], *image["open_pool_entries"]][:POOL_ENTRIES_SHOWN]}


def _drop_entries(image: Image, change: Change) -> Image:
    left = [each for each in image["open_pool_entries"] if each["pool_id"] != change["pool_id"]]
    return image | {"open_pool_entries": left}


def _put_entries(image: Image, change: Change) -> Image:
    others = [each for each in image["open_pool_entries"] if each["pool_id"] != change["pool_id"]]
    entries = sorted([*others, *change["entries"]], key=lambda each: str(each["id"]), reverse=True)
    return image | {"open_pool_entries": entries[:POOL_ENTRIES_SHOWN]}


def _add_achievement(image: Image, change: Change) -> Image:
    return image | {"achievements": [change["achievement"], *image["achievements"]]}


def _put_evaluation(image: Image, change: Change) -> Image:
    evaluation = change["evaluation"]
    known = image["open_evaluations"]
    if evaluation["status"] not in OPEN_EVALUATION_STATUSES:
        return image | {"open_evaluations": [each for each in known if each["id"] != evaluation["id"]]}
    if any(each["id"] == evaluation["id"] for each in known):
        return image | {"open_evaluations": [evaluation if each["id"] == evaluation["id"] else each for each in known]}
    return image | {"open_evaluations": [*known, evaluation]}


def _count_messages(image: Image, change: Change) -> Image:
    return image | {"unread_messages": change["unread"]}


def _count_notifications(image: Image, change: Change) -> Image:
    return image | {"unread_notifications": change["unread"]}


def _add_incident(image: Image, change: Change) -> Image:
    return image | {"incidents": [*image["incidents"], change["incident"]]}


def _add_reply(image: Image, change: Change) -> Image:
    thread = image["thread"]
    replies = [*thread["replies"], change["reply"]][-REPLIES_SHOWN:]
    return {"thread": thread | {"replies": replies} | _activity(change)}


def _hide_reply(image: Image, change: Change) -> Image:
    thread = image["thread"]
    replies = [
        each | {"content_html": "", "is_hidden": True} if each["id"] == change["reply_id"] else each
        for each in thread["replies"]
    ]
    return {"thread": thread | {"replies": replies, "reply_count": change["reply_count"]}}


def _restore_reply(image: Image, change: Change) -> Image:
    thread, reply = image["thread"], change["reply"]
    replies = [reply if each["id"] == reply["id"] else each for each in thread["replies"]]
    return {"thread": thread | {"replies": replies, "reply_count": change["reply_count"]}}


def _hide_thread(image: Image, change: Change) -> Image:
    if "threads" in image:
        return {"threads": [each for each in image["threads"] if each["id"] != change["thread_id"]]}
    emptied = {"title": "", "content_html": "", "replies": [], "reply_count": 0, "is_hidden": True}
    return {"thread": image["thread"] | emptied}


def _reopen_thread(image: Image, change: Change) -> Image:
    return {"thread": change["thread"]}


def _put_thread(image: Image, change: Change) -> Image:
    thread = change["thread"]
    return {"threads": _by_activity([*(each for each in image["threads"] if each["id"] != thread["id"]), thread])}


def _move_thread(image: Image, change: Change) -> Image:
    threads = [each | _activity(change) if each["id"] == change["thread_id"] else each for each in image["threads"]]
    return {"threads": _by_activity(threads)}


def _add_report(image: Image, change: Change) -> Image:
    return {"reports": [*image["reports"], change["report"]]}


def _drop_report(image: Image, change: Change) -> Image:
    return {"reports": [each for each in image["reports"] if each["id"] != change["report_id"]]}


def _arrive(image: Image, change: Change) -> Image:
    return image | {"present": _put_person(image["present"], change["person"])}


def _leave(image: Image, change: Change) -> Image:
    return image | {"present": [each for each in image["present"] if each["id"] != change["user_id"]]}


def _count_people(image: Image, change: Change) -> Image:
    return image | {"people": change["people"], "visitors": change["visitors"]}


def _start_typing(image: Image, change: Change) -> Image:
    return image | {"typing": _put_person(image["typing"], change["person"])}


def _stop_typing(image: Image, change: Change) -> Image:
    return image | {"typing": [each for each in image["typing"] if each["id"] != change["user_id"]]}


def _go_online(image: Image, change: Change) -> Image:
    return image | {"online": sorted({*image["online"], change["user_id"]})}


def _go_offline(image: Image, change: Change) -> Image:
    return image | {"online": [user_id for user_id in image["online"] if user_id != change["user_id"]]}


def _put_person(people: list[Any], person: Any) -> list[Any]:
    return [*(each for each in people if each["id"] != person["id"]), person]


def _activity(change: Change) -> dict[str, Any]:
    return {name: change[name] for name in ("reply_count", "last_activity_at") if name in change}


def _by_activity(threads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    newest_first = sorted(threads, key=lambda each: (each["last_activity_at"], each["id"]), reverse=True)
    return newest_first[:THREADS_SHOWN]


_REDUCERS: dict[str, Reducer] = {
    "wallet.changed": _put_wallet,
    "withdrawal.changed": _put_withdrawal,
    "slip.placed": _place_slip,
    "slip.settled": _put_slips,
    "slip.accepted": _put_slip,
    "slip.rejected": _put_slip,
    "slip.cashed_out": _put_slip,
    "slip.cash_out_target": _put_slip,
    "free_bet.changed": _keep,
    "pool.entered": _add_entry,
    "pool.settled": _drop_entries,
    "pool.tickets": _put_entries,
    "achievement.earned": _add_achievement,
    "strategy.evaluated": _put_evaluation,
    "message.received": _count_messages,
    "message.hidden": _count_messages,
    "message.restored": _count_messages,
    "conversation.read": _count_messages,
    "notification.created": _count_notifications,
    "notification.read": _count_notifications,
    "incident.recorded": _add_incident,
    "reply.posted": _add_reply,
    "reply.hidden": _hide_reply,
    "reply.restored": _restore_reply,
    "thread.hidden": _hide_thread,
    "thread.reopened": _reopen_thread,
    "thread.posted": _put_thread,
    "thread.restored": _put_thread,
    "thread.active": _move_thread,
    "report.filed": _add_report,
    "report.resolved": _drop_report,
    "presence.arrived": _arrive,
    "presence.left": _leave,
    "presence.counted": _count_people,
    "typing.started": _start_typing,
    "typing.stopped": _stop_typing,
    "contact.online": _go_online,
    "contact.offline": _go_offline,
}
