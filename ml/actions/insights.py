"""Keeps the insight of every event up to date, and seals what was said before the match."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from ml.core.insight import BASE_RATES, InsightDraft, Said, Views, seal_of, write_before, write_in_play
from ml.core.reasons import Reason
from ml.events import InsightPublished
from ml.locks import lock_insights
from ml.models import BettingModelInsight, ModelVersion
from ml.models.insights import InsightStage
from ml.models.registry import Engine
from ml.queries.insights import INSIGHT_KEY, describe_insight, model_label
from ml.queries.matches import Match, list_matches
from ml.queries.models import find_outcome_version, get_closed_form_version, load_version
from ml.streams import EVENT_INSIGHT
from project.kit import clock
from project.kit.events import publish
from project.kit.streams import publish_latest
from project.kit.topics import Keyed

SAID_FIELDS = (
    "model_version",
    "prediction_date",
    "predicted_outcome",
    "confidence_score",
    "outcomes",
    "reasons",
    "note",
    "rates",
    "minute",
    "live_version",
    "version",
)


@dataclass
class _Changes:
    """Rows to write, and which of them are news."""

    created: list[BettingModelInsight]
    changed: list[BettingModelInsight]
    sealed: list[BettingModelInsight]
    news: list[BettingModelInsight]
    said_before: dict[UUID, BettingModelInsight]


@transaction.atomic(durable=True)
def refresh_insights(*, event_ids: Sequence[UUID]) -> int:
    """Write and send the insights of these events where there is something new; returns how many there were.

    Before kick-off the current champion speaks. From kick-off on its last word is sealed, and what follows the match is
    made of that word and the live state alone.
    """
    before = lock_insights(event_ids)
    matches = list_matches(event_ids)
    in_play = _in_play_rows(event_ids)
    champion = find_outcome_version() or get_closed_form_version()
    changes = _Changes([], [], [], [], {})
    for match in matches:
        row = before.get(match.event_id)
        if row is None or (row.sealed_at is None and _must_speak(row, match, champion)):
            row = _speak_before(row, match, champion, changes)
        changes.said_before[match.event_id] = row
        if match.has_started:
            if row.sealed_at is None:
                _seal(row, changes)
            _follow(row, in_play.get(match.event_id), match, changes)
    return _write(changes)


def _must_speak(row: BettingModelInsight, match: Match, champion: ModelVersion) -> bool:
    """A new champion speaks anew, and so does anyone after the market has moved; a match under way is for neither."""
    if match.has_started:
        return False
    market = match.market.rates() if match.market else BASE_RATES
    return row.model_version_id != champion.pk or Views.from_document(row.rates).market != market


def _speak_before(
    row: BettingModelInsight | None, match: Match, champion: ModelVersion, changes: _Changes
) -> BettingModelInsight:
    is_trained = champion.engine == Engine.CATBOOST
    opinion = load_version(champion.pk).judge(match) if is_trained else None
    draft = write_before(names=match.names, market=match.market, opinion=opinion)
    is_news = row is None or row.model_version_id != champion.pk
    if row is None:
        row = BettingModelInsight(event_id=match.event_id, stage=InsightStage.BEFORE, version=0)
        changes.created.append(row)
    else:
        changes.changed.append(row)
    row.model_version = champion
    _fill(row, draft, version=row.version + 1, live_version=match.live_version, minute=None)
    if is_news:
        changes.news.append(row)
    return row


def _seal(row: BettingModelInsight, changes: _Changes) -> None:
    row.sealed_at = clock.now()
    row.seal = seal_of(
        event_id=str(row.event_id),
        model=model_label(row.model_version),
        said_at=row.prediction_date.isoformat(),
        outcomes=row.outcomes,
    )
    if row not in changes.created:
        changes.sealed.append(row)


def _follow(before: BettingModelInsight, row: BettingModelInsight | None, match: Match, changes: _Changes) -> None:
    """The insight in play; nothing where it has this live state already."""
    if row is not None and row.live_version >= match.live_version:
        return
    draft = write_in_play(
        names=match.names,
        views=Views.from_document(before.rates),
        state=match.state,
        said_before=Said(before.predicted_outcome, tuple(Reason(**reason) for reason in before.reasons)),
        is_trained=before.model_version.engine == Engine.CATBOOST,
    )
    if row is None:
        row = BettingModelInsight(event_id=match.event_id, stage=InsightStage.IN_PLAY, version=before.version)
        changes.created.append(row)
    else:
        changes.changed.append(row)
    row.model_version = before.model_version
    _fill(row, draft, version=row.version + 1, live_version=match.live_version, minute=match.state.minute)


def _fill(
    row: BettingModelInsight, draft: InsightDraft, *, version: int, live_version: int, minute: int | None
) -> None:
    row.prediction_date = clock.now()
    row.predicted_outcome = draft.predicted_outcome
    row.confidence_score = draft.confidence
    row.outcomes = draft.outcome_documents()
    row.reasons = draft.reason_documents()
    row.note = draft.note
    row.rates = draft.views.to_document()
    row.minute = minute
    row.live_version = live_version
    row.version = version


def _in_play_rows(event_ids: Sequence[UUID]) -> dict[UUID, BettingModelInsight]:
    """The rows that follow matches; `lock_insights` has made sure that nobody else writes them."""
    rows = BettingModelInsight.objects.filter(event_id__in=event_ids, stage=InsightStage.IN_PLAY)
    return {row.event_id: row for row in rows}


def _write(changes: _Changes) -> int:
    """Two refreshes may both find an event without any row: the later one's are dropped, and its next run mends it."""
    BettingModelInsight.objects.bulk_create(changes.created, ignore_conflicts=True)
    known = _stored(changes.created)
    BettingModelInsight.objects.bulk_update(changes.changed, SAID_FIELDS, batch_size=200)
    BettingModelInsight.objects.bulk_update(changes.sealed, ["sealed_at", "seal"], batch_size=200)
    created = [row for row in changes.created if row.pk in known]
    written = sorted([*created, *changes.changed], key=lambda row: row.version)
    newest = {row.event_id: row for row in written}
    for row in newest.values():
        reply = describe_insight(row, changes.said_before.get(row.event_id)).to_json()
        publish_latest(EVENT_INSIGHT.name_for(event_id=row.event_id), [Keyed(INSIGHT_KEY, row.version, reply)])
    for row in changes.news:
        if row in changes.changed or row.pk in known:
            publish(InsightPublished(event_id=row.event_id, insight_id=row.pk))
    return len(newest)


def _stored(rows: Sequence[BettingModelInsight]) -> set[UUID]:
    return set(BettingModelInsight.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
