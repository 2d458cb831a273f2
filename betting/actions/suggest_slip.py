"""Suggested slips: made from insights and current prices, logged with both, and answered by who got them."""

from uuid import UUID

from django.db import transaction

from accounts.queries.exclusions import check_may_play
from betting.core.suggestions import choose_legs, explain, total_odds_milli
from betting.errors import NothingToSuggest
from betting.models import BetLeg, BetSlip, BetSlipGenerationLeg, BetSlipGenerationLog, Feedback
from betting.queries.suggestions import get_suggestion_reply, list_suggestible
from betting.schemas.suggestions import SuggestCommand, SuggestionFeedbackCommand, SuggestionReply
from project.kit import clock
from project.kit.errors import NotFound, ValidationFailed
from project.kit.idempotency import find_reply, fingerprint, store_reply
from project.kit.locks import lock_exclusive
from project.kit.money import parse_milli


@transaction.atomic(durable=True)
def suggest_slip(*, user_id: UUID, command: SuggestCommand, key: str) -> SuggestionReply:
    """Log and answer a slip that fits the wishes; it is not placed. Raises NothingToSuggest, which leaves no trace, and
    SelfExcluded, TimedOut: nobody is shown a bet that they keep themselves from."""
    lock_exclusive("user", user_id)
    digest = fingerprint("suggest_slip", command)
    stored = find_reply(owner_id=user_id, key=key, fingerprint=digest)
    if stored is not None:
        return get_suggestion_reply(UUID(stored["id"]))
    check_may_play(user_id)
    now = clock.now()
    suggestible = list_suggestible(command.sports, with_live=command.is_in_play_included, now=now)
    legs = choose_legs(
        (one.candidate for one in suggestible),
        legs=command.legs,
        appetite=command.risk_appetite,
        odds_milli_max=_max_odds(command),
    )
    if not legs:
        raise NothingToSuggest
    rows = {one.candidate.selection_id: one for one in suggestible}
    first = rows[legs[0].selection_id].insight
    log = BetSlipGenerationLog.objects.create(
        user_id=user_id,
        generation_timestamp=now,
        model_version_id=first.model_version_id,
        insight_used=first,
        request=command.model_dump(mode="json"),
        odds_milli=total_odds_milli(legs),
    )
    BetSlipGenerationLeg.objects.bulk_create(
        BetSlipGenerationLeg(
            log=log,
            position=position,
            selection=rows[leg.selection_id].selection,
            insight=rows[leg.selection_id].insight,
            insight_version=rows[leg.selection_id].insight.version,
            model_version_id=rows[leg.selection_id].insight.model_version_id,
            odds_milli=leg.odds_milli,
            model_millionths=leg.model_millionths,
            market_millionths=leg.market_millionths,
            reasons=explain(leg),
        )
        for position, leg in enumerate(legs, start=1)
    )
    store_reply(owner_id=user_id, key=key, fingerprint=digest, reply={"id": str(log.id)})
    return get_suggestion_reply(log.id)


@transaction.atomic(durable=True)
def answer_suggestion(*, suggestion_id: UUID, user_id: UUID, command: SuggestionFeedbackCommand) -> SuggestionReply:
    """Keep what the person made of it; the last answer counts. A slip must be theirs, younger, and share a leg.

    Raises NotFound for a slip that is not theirs, ValidationFailed for one that has nothing to do with it.
    """
    log = BetSlipGenerationLog.objects.select_for_update().get(id=suggestion_id)
    if command.slip_id is not None:
        if command.feedback != "accepted":
            raise _refused("not_accepted", "Only an accepted suggestion has a slip")
        _check_slip(log, user_id, command.slip_id)
    log.feedback = Feedback(command.feedback)
    if command.slip_id is not None or command.feedback == "ignored":
        log.bet_slip_id = command.slip_id
    log.feedback_at = clock.now()
    log.save(update_fields=["feedback", "bet_slip", "feedback_at"])
    return get_suggestion_reply(log.id)


def _max_odds(command: SuggestCommand) -> int | None:
    if command.max_odds is None:
        return None
    return parse_milli(command.max_odds)


def _check_slip(log: BetSlipGenerationLog, user_id: UUID, slip_id: UUID) -> None:
    slip = BetSlip.objects.filter(id=slip_id, user_id=user_id).first()
    if slip is None:
        raise NotFound("No such slip")
    suggested = log.legs.values_list("selection_id", flat=True)
    if slip.placed_at < log.generation_timestamp or not BetLeg.objects.filter(slip=slip, selection__in=suggested):
        raise _refused("unrelated_slip", "This slip does not come from the suggestion")


def _refused(code: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": "/slip_id", "code": code, "message": message}])
