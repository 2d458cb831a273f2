"""Suggested slips over HTTP: ask for one, see the earlier ones, say what became of it."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from betting.access import get_suggestion
from betting.actions.suggest_slip import answer_suggestion, suggest_slip
from betting.queries.suggestions import get_suggestion_reply, list_suggestions
from betting.schemas.strategies import PageOf
from betting.schemas.suggestions import SuggestCommand, SuggestionFeedbackCommand, SuggestionReply
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.schemas import Page
from project.kit.throttles import check_rate

SUGGESTIONS_PER_HOUR: Final = 60

router = Router(tags=["suggestions"])


def suggest(caller: Caller, command: SuggestCommand, key: str) -> SuggestionReply:
    """Ask for a slip that fits one's wishes."""
    user_id = require_user(caller)
    check_rate(f"suggestions:{user_id}", limit=SUGGESTIONS_PER_HOUR, per_s=3_600)
    return suggest_slip(user_id=user_id, command=command, key=key)


@router.post("/suggestions", response={201: SuggestionReply}, operation_id="suggest_slip")
def suggest_view(request: HttpRequest, command: SuggestCommand, key: IdempotencyKey) -> Status[SuggestionReply]:
    """A slip from insights and current prices; it is not placed. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, suggest(caller, command, key))


@router.get("/suggestions", response=Page[SuggestionReply], operation_id="list_suggestions")
def list_suggestions_view(request: HttpRequest, query: Query[PageOf]) -> Page[SuggestionReply]:
    """Your suggestions, newest first."""
    user_id = require_user(caller_of(request))
    return list_suggestions(user_id, cursor=query.cursor, limit=query.limit)


@router.get("/suggestions/{uuid:suggestion_id}", response=SuggestionReply, operation_id="get_suggestion")
def get_suggestion_view(request: HttpRequest, suggestion_id: UUID) -> SuggestionReply:
    """One of your suggestions, as it was made."""
    return get_suggestion_reply(get_suggestion(caller_of(request), suggestion_id).id)


@router.patch("/suggestions/{uuid:suggestion_id}", response=SuggestionReply, operation_id="answer_suggestion")
def answer_view(request: HttpRequest, suggestion_id: UUID, command: SuggestionFeedbackCommand) -> SuggestionReply:
    """Say that you ignored it, or which slip of yours came of it."""
    caller = caller_of(request)
    suggestion = get_suggestion(caller, suggestion_id)
    return answer_suggestion(suggestion_id=suggestion.id, user_id=require_user(caller), command=command)
