"""Words of ratings are reported, hidden and put back; hidden ones are shown to nobody and count nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.streams import USER
from betting.models import BettingStrategy
from community.actions.decisions import Decision
from community.actions.forum import post_thread
from community.actions.ratings import hide_rating, restore_rating
from community.models import ModerationAction, RatingReview, Report
from community.queries.moderation import list_open_reports
from project.kit.errors import VersionConflict
from project.kit.models import OutboxChange
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.betting.strategies.desk import make_strategy
from tests.community.conftest import Browser
from tests.people import make_person

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]


@pytest.fixture
def strategy(ada: User) -> BettingStrategy:
    return make_strategy(ada, visibility="public")


@pytest.fixture
def rating(strategy: BettingStrategy, ben: User, cleo: User, browse: Browse) -> RatingReview:
    """Ben's one star, with words, beside cleo's five without any."""
    for person, stars, words in ((ben, 1, "Made by a crook"), (cleo, 5, "")):
        body = {"strategy_id": str(strategy.id), "rating": stars, "review": words}
        assert browse(person).post("/api/ratings", body).status_code == 201
    return RatingReview.objects.get(user=ben)


def report(browser: Browser, rating: RatingReview, *, key: str | None = None) -> Any:
    body = {"subject_type": "rating", "subject_id": str(rating.id), "reason": "abuse", "note": "rude"}
    return browser.post("/api/reports", body, key=key)


def shown(browser: Browser, strategy: BettingStrategy) -> dict[str, Any]:
    page: dict[str, Any] = browser.get("/api/ratings", strategy_id=str(strategy.id)).json()
    return page


def sums() -> tuple[int, int, int]:
    row = BettingStrategy.objects.get()
    return row.rating_count, row.rating_sum, row.rating_average_milli


def test_a_report_keeps_the_words_and_reaches_the_queue(rating: RatingReview, ada: User, browse: Browse) -> None:
    answers = [report(browse(ada), rating, key="one") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    [filed] = Report.objects.all()
    assert [answer.json() for answer in answers] == [{"id": str(filed.id), "status": "open"}] * 2
    assert (filed.subject_id, filed.subject_author_id, filed.content_snapshot, filed.note) == (
        rating.id,
        rating.user_id,
        "Made by a crook",
        "rude",
    )
    [queued] = list_open_reports()
    assert (queued.subject_type, queued.strategy_id, queued.thread_id) == ("rating", rating.strategy_id, None)
    [change] = OutboxChange.objects.filter(stream="moderation:queue")
    assert change.payload["report"] == queued.to_json()
    again = report(browse(ada), rating)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


def test_the_author_hears_nothing_of_it(rating: RatingReview, ada: User, ben: User, browse: Browse) -> None:
    before = OutboxChange.objects.filter(stream=USER.name_for(user_id=ben.id)).count()

    report(browse(ada), rating)

    assert OutboxChange.objects.filter(stream=USER.name_for(user_id=ben.id)).count() == before
    mine = shown(browse(ben), BettingStrategy.objects.get())["mine"]
    assert set(mine) == {"id", "subject_id", "user", "is_mine", "rating", "review", "is_hidden", "submitted_at"}
    assert browse(ben).get("/api/topics/moderation:queue").status_code == 403
    assert b"crook" not in browse(ben).get("/api/notifications").content


def test_whoever_sees_the_words_may_report_them(
    rating: RatingReview, ada: User, ben: User, cleo: User, mod: User, browse: Browse
) -> None:
    others = [make_person("finn", "FINANCE"), make_person("elle", "ML_ENGINEER"), make_person("amy", "ADMIN")]

    assert report(browse(None), rating).status_code == 401
    assert report(browse(ben), rating).status_code == 422  # they are his
    assert Report.objects.count() == 0
    readers = [ada, cleo, mod, *others]
    assert [report(browse(person), rating).status_code for person in readers] == [201] * 6
    assert set(Report.objects.values_list("reporter", flat=True)) == {person.id for person in readers}


def test_words_about_what_one_may_not_see_are_not_there(ada: User, cleo: User, mod: User, browse: Browse) -> None:
    fund(ada)
    slip = bet(ada, selection_of(make_live_priced_event(), "1x2", "home"))
    said = browse(ada).post("/api/ratings", {"slip_id": str(slip.id), "rating": 1, "review": "Never again"})
    rating = RatingReview.objects.get(id=said.json()["id"])

    for somebody in (cleo, mod):
        answer = report(browse(somebody), rating)
        assert (answer.status_code, answer.json()["code"], Report.objects.count()) == (404, "not_found", 0)


def test_without_words_or_hidden_there_is_nothing_to_report(
    rating: RatingReview, cleo: User, ada: User, browse: Browse, decision: Decision
) -> None:
    hide_rating(rating_id=rating.id, decision=decision)

    for one in (rating, RatingReview.objects.get(user=cleo)):
        assert report(browse(ada), one).status_code == 404
    assert Report.objects.count() == 0


def test_hidden_it_is_gone_and_counts_no_more_and_restored_it_does(
    rating: RatingReview, strategy: BettingStrategy, ada: User, ben: User, browse: Browse, decision: Decision
) -> None:
    report(browse(ada), rating)
    before = shown(browse(ada), strategy)
    assert (sums(), before["average"], before["count"]) == ((2, 6, 3_000), 3.0, 2)

    hide_rating(rating_id=rating.id, decision=decision)

    hidden = shown(browse(ada), strategy)
    assert (sums(), hidden["average"], hidden["count"]) == ((1, 5, 5_000), 5.0, 1)
    assert [item["user"]["username"] for item in hidden["items"]] == ["cleo"]
    mine = shown(browse(ben), strategy)["mine"]
    assert (mine["is_hidden"], mine["review"]) == (True, "")
    assert Report.objects.get().status == "actioned"

    restore_rating(rating_id=rating.id, decision=decision)

    assert (sums(), shown(browse(ada), strategy)) == ((2, 6, 3_000), before)
    assert Report.objects.get().status == "restored"
    log = ModerationAction.objects.order_by("id").values_list("action", "subject_type", "subject_id", "reason", "after")
    assert list(log) == [
        ("hide", "rating", rating.id, decision.reason, {"is_hidden": True, "reports_decided": 1}),
        ("restore", "rating", rating.id, decision.reason, {"is_hidden": False, "reports_decided": 1}),
    ]
    stored = OutboxChange.objects.filter(stream="moderation:queue").order_by("seq")
    assert [change.payload["type"] for change in stored] == ["report.filed", "report.resolved", "report.resolved"]


def test_twice_is_a_conflict_and_changes_nothing(rating: RatingReview, decision: Decision) -> None:
    with pytest.raises(VersionConflict):
        restore_rating(rating_id=rating.id, decision=decision)
    hide_rating(rating_id=rating.id, decision=decision)
    with pytest.raises(VersionConflict):
        hide_rating(rating_id=rating.id, decision=decision)

    assert (ModerationAction.objects.count(), sums()) == (1, (1, 5, 5_000))


def test_what_is_hidden_cannot_be_said_anew(
    rating: RatingReview, strategy: BettingStrategy, ben: User, browse: Browse, decision: Decision
) -> None:
    body = {"strategy_id": str(strategy.id), "rating": 1, "review": "Still a crook"}
    first = browse(ben).post("/api/ratings", body, key="one")
    hide_rating(rating_id=rating.id, decision=decision)

    replay = browse(ben).post("/api/ratings", body, key="one")
    anew = browse(ben).post("/api/ratings", body | {"rating": 2})

    assert (first.json()["review"], replay.json()["review"], replay.json()["is_hidden"]) == ("Still a crook", "", True)
    assert (anew.status_code, anew.json()["code"]) == (403, "forbidden")
    rating.refresh_from_db()
    assert (rating.rating, rating.review, sums()) == (1, "Still a crook", (1, 5, 5_000))


def test_ratings_of_threads_are_hidden_too(ada: User, ben: User, browse: Browse, decision: Decision) -> None:
    thread = post_thread(author_id=ada.id, category="general", title="A plan", content="Why it works")
    body = {"post_id": str(thread.id), "rating": 1, "review": "Nonsense"}
    rating_id = browse(ben).post("/api/ratings", body).json()["id"]
    assert report(browse(ada), RatingReview.objects.get()).status_code == 201
    assert list_open_reports()[0].thread_id == thread.id

    hide_rating(rating_id=rating_id, decision=decision)

    page = browse(ada).get("/api/ratings", post_id=str(thread.id)).json()
    assert (page["count"], page["average"], page["items"]) == (0, None, [])


def test_moderators_decide_in_the_queue_and_on_the_ratings_page(
    rating: RatingReview, ada: User, mod: User, browse: Browse
) -> None:
    report(browse(ada), rating)
    filed = Report.objects.get()
    client = Client()
    client.force_login(mod)
    fields = {"_form_submitted": "True", "reason": "Abuse."}

    page = client.get(reverse("admin:community_report_change", args=[filed.id])).content.decode()
    assert "Made by a crook" in page
    assert f"/strategies/{rating.strategy_id}" in page
    client.post(reverse("admin:community_report_hide", args=[filed.id]), fields)
    assert sums() == (1, 5, 5_000)
    path = reverse("admin:community_ratingreview_change", args=[rating.id])
    assert "Made by a crook" in client.get(path).content.decode()
    client.post(reverse("admin:community_ratingreview_restore", args=[rating.id]), fields)

    assert sums() == (2, 6, 3_000)
    assert list(ModerationAction.objects.order_by("id").values_list("action", "report_id")) == [
        ("hide", filed.id),
        ("restore", None),
    ]
