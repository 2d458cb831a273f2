"""Threads and replies for moderators, hidden ones included: the way to a text that nobody reported."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from community.actions import moderation
from community.admin.dialogs import DECIDE, ModeratedAdmin
from community.models import CommunityPost, PostReply, RatingReview
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask

Method = TypeVar("Method", bound=Callable[..., Any])
Hiding = Callable[..., object]  # an action that lacks only its `decision`
STATES = {"Visible": "success", "Hidden": "danger"}


def hide_button(question: str, consequence: str) -> Callable[[Method], Method]:
    """The button that takes a text away from everybody."""
    return button(
        "Hide",
        url_path="hide",
        icon="visibility_off",
        is_dangerous=True,
        permissions=DECIDE,
        dialog=ask(question, consequence, "Hide it"),
    )


def restore_button(question: str, consequence: str) -> Callable[[Method], Method]:
    """The button that gives it back."""
    return button(
        "Restore",
        url_path="restore",
        icon="visibility",
        permissions=DECIDE,
        dialog=ask(question, consequence, "Restore it"),
    )


class HideableAdmin(ModeratedAdmin):
    """What threads, replies and ratings share: a state and two buttons of which one does something."""

    actions_row = ("hide", "restore")
    actions_detail = ("hide", "restore")

    def leads_somewhere(self, request: HttpRequest, row: CommunityPost | PostReply | RatingReview, path: str) -> bool:
        return path == ("restore" if row.is_hidden else "hide")

    def run_hiding(self, request: HttpRequest, form: ReasonForm, hide: Hiding) -> HttpResponse:
        """What a hide button does, with its action."""
        return self.run_decision(request, form, act=lambda one: hide(decision=one), done="Hidden for everybody.")

    def run_restoring(self, request: HttpRequest, form: ReasonForm, restore: Hiding) -> HttpResponse:
        """What a restore button does, with its action."""
        return self.run_decision(
            request, form, act=lambda one: restore(decision=one), done="Visible for everybody again."
        )

    @column("State", ordering="is_hidden", label=STATES)
    def state(self, row: CommunityPost | PostReply | RatingReview) -> str:
        return "Hidden" if row.is_hidden else "Visible"

    @column("Text")
    def text(self, row: CommunityPost | PostReply | RatingReview) -> SafeString:
        text = row.review if isinstance(row, RatingReview) else row.content
        return format_html('<div class="desk-snapshot">{}</div>', text)


@admin.register(CommunityPost)
class CommunityPostAdmin(HideableAdmin):
    """Threads."""

    list_display = ("title", "state", "category", "author", "reply_count", "last_activity_at")
    list_filter = ("is_hidden", "category")
    search_fields = ("title", "content", "author__username")
    list_select_related = ("author", "category")
    ordering = ("-last_activity_at", "-id")
    readonly_fields = ("state", "text", "link")
    fieldsets = (
        (None, {"fields": ("title", "text", "link", "state")}),
        ("Details", {"fields": ("author", "category", "event", "posted_at", "reply_count", "last_activity_at")}),
    )

    @column("Page")
    def link(self, thread: CommunityPost) -> SafeString:
        return format_html('<a class="text-link" href="/t/{}">Open the thread</a>', thread.id)

    @hide_button("Hide this thread?", "It and all its replies disappear for everybody at once.")
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_hiding(request, form, partial(moderation.hide_post, post_id=row_id))

    @restore_button("Restore this thread?", "Everybody sees it again.")
    def restore(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_restoring(request, form, partial(moderation.restore_post, post_id=row_id))


@admin.register(PostReply)
class PostReplyAdmin(HideableAdmin):
    """Replies."""

    list_display = ("excerpt", "state", "author", "thread", "posted_at")
    list_filter = ("is_hidden",)
    search_fields = ("content", "author__username")
    list_select_related = ("author", "post")
    ordering = ("-posted_at", "-id")
    readonly_fields = ("state", "text", "thread")
    fieldsets = ((None, {"fields": ("text", "thread", "state", "author", "seq", "posted_at")}),)

    @column("Reply")
    def excerpt(self, reply: PostReply) -> str:
        text = " ".join(reply.content.split())
        return text if len(text) <= 120 else f"{text[:120]}…"  # what fits the column

    @column("Thread")
    def thread(self, reply: PostReply) -> SafeString:
        return format_html('<a class="text-link" href="/t/{}">{}</a>', reply.post_id, reply.post.title)

    @hide_button("Hide this reply?", "Its text disappears for everybody at once.")
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_hiding(request, form, partial(moderation.hide_reply, reply_id=row_id))

    @restore_button("Restore this reply?", "Everybody sees it again.")
    def restore(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        row_id = self.get_row(request, object_id).id
        return self.run_restoring(request, form, partial(moderation.restore_reply, reply_id=row_id))
