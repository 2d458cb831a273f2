"""The moderation queue: reports, the longest waiting first, with the text as it was reported and four decisions."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from community.actions import moderation, ratings
from community.actions.decisions import Decision
from community.admin.dialogs import DECIDE, ModeratedAdmin
from community.models import ModerationAction, Report, SubjectType
from community.queries.moderation import find_thread_id, get_subject
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask

EXCERPT_CHARS = 160

HIDE = {
    SubjectType.POST: lambda subject_id, decision: moderation.hide_post(post_id=subject_id, decision=decision),
    SubjectType.REPLY: lambda subject_id, decision: moderation.hide_reply(reply_id=subject_id, decision=decision),
    SubjectType.MESSAGE: lambda subject_id, decision: moderation.hide_message(message_id=subject_id, decision=decision),
    SubjectType.RATING: lambda subject_id, decision: ratings.hide_rating(rating_id=subject_id, decision=decision),
}
RESTORE = {
    SubjectType.POST: lambda subject_id, decision: moderation.restore_post(post_id=subject_id, decision=decision),
    SubjectType.REPLY: lambda subject_id, decision: moderation.restore_reply(reply_id=subject_id, decision=decision),
    SubjectType.MESSAGE: lambda subject_id, decision: moderation.restore_message(
        message_id=subject_id, decision=decision
    ),
    SubjectType.RATING: lambda subject_id, decision: ratings.restore_rating(rating_id=subject_id, decision=decision),
}


@admin.register(Report)
class ReportAdmin(ModeratedAdmin):
    """Reports. The buttons hide or put back what is reported, close the report, or suspend the author."""

    list_display = ("state", "why", "excerpt", "author", "reporter", "filed_at")
    list_display_links = ("state", "excerpt")
    list_filter = ("status", "reason", "subject_type")
    list_filter_submit = False
    search_fields = ("content_snapshot", "subject_author__username", "reporter__username")
    list_select_related = ("reporter", "subject_author", "post", "reply", "message", "rating", "resolved_by")
    date_hierarchy = None
    # Open ones first and among them the longest waiting; decided ones after them, newest first.
    ordering = (
        Case(When(status=Report.Status.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()),
        Case(When(status=Report.Status.OPEN, then=F("filed_at"))),
        "-filed_at",
        "id",
    )
    actions_row = ("hide", "dismiss")
    actions_detail = ("hide", "restore", "dismiss", "suspend")
    readonly_fields = ("state", "why", "snapshot", "where", "writer", "others", "history")
    fieldsets = (
        ("Reported text", {"fields": ("snapshot", "where", "writer")}),
        ("Report", {"fields": ("state", "why", "note", "reporter", "filed_at", "others")}),
        ("Decisions", {"fields": ("resolved_by", "resolved_at", "history")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        queryset: QuerySet[Report] = super().get_queryset(request)
        return queryset.select_related(*self.list_select_related)

    def leads_somewhere(self, request: HttpRequest, row: Report, path: str) -> bool:
        return path in _list_useful(row)

    @column(
        "State",
        ordering="status",
        label={"Open": "danger", "Hidden": "success", "Dismissed": "info", "Restored": "warning"},
    )
    def state(self, report: Report) -> str:
        return report.get_status_display()

    @column("Reason", ordering="reason", label={"Abuse": "danger", "Illegal": "danger", "Spam": "warning"})
    def why(self, report: Report) -> str:
        return report.get_reason_display()

    @column("Reported text")
    def excerpt(self, report: Report) -> str:
        text = " ".join(report.content_snapshot.split())
        shortened = text if len(text) <= EXCERPT_CHARS else f"{text[:EXCERPT_CHARS]}…"
        return f"{report.get_subject_type_display()}: {shortened}"

    @column("Author", ordering="subject_author__username")
    def author(self, report: Report) -> str:
        author = report.subject_author
        if author is None:
            return "the system"
        return author.username if author.is_active else f"{author.username} ({author.get_status_display().lower()})"

    @column("Author")
    def writer(self, report: Report) -> SafeString | str:
        if report.subject_author_id is None:
            return "the system"
        page = reverse(f"{self.admin_site.name}:accounts_user_change", args=[report.subject_author_id])
        return format_html('<a class="text-link" href="{}">{}</a>', page, self.author(report))

    @column("Text when reported")
    def snapshot(self, report: Report) -> SafeString:
        return format_html('<div class="desk-snapshot">{}</div>', report.content_snapshot)

    @column("Where")
    def where(self, report: Report) -> SafeString | str:
        state = "hidden now" if _is_hidden(report) else "visible now"
        if report.message_id is not None:
            return f"A direct message, {state}. Only the reported message is shown to moderators."
        name = report.get_subject_type_display().lower()
        thread_id = find_thread_id(report)
        if thread_id is not None:
            return format_html(
                '<a class="text-link" href="/t/{}">Open the thread</a> ({} is {})', thread_id, name, state
            )
        strategy_id = report.rating.strategy_id if report.rating else None
        if strategy_id is None:
            return f"A rating of a slip, {state}."
        return format_html(
            '<a class="text-link" href="/strategies/{}">Open the strategy</a> ({} is {})', strategy_id, name, state
        )

    @column("Reports about this text")
    def others(self, report: Report) -> str:
        about = Report.objects.filter(**{f"{report.subject_type}_id": report.subject_id})
        counts = about.order_by().values("status").annotate(reports=Count("id"))
        names = dict(Report.Status.choices)
        return ", ".join(f"{row['reports']} {names[row['status']].lower()}" for row in counts)

    @column("History")
    def history(self, report: Report) -> SafeString | str:
        about = ModerationAction.objects.filter(
            subject_id__in=[report.subject_id, report.id, report.subject_author_id or report.id]
        )
        lines = [
            (entry.get_action_display(), entry.actor.username, f"{entry.created_at:%d %b %Y %H:%M}", entry.reason)
            for entry in about.select_related("actor").order_by("-id")[:20]
        ]
        if not lines:
            return "Nothing was decided yet."
        rows = format_html_join("", "<div>{} by {} <small>{}</small><br>{}</div>", lines)
        return format_html('<div class="desk-list">{}</div>', rows)

    @button(
        "Hide",
        url_path="hide",
        icon="visibility_off",
        is_dangerous=True,
        permissions=DECIDE,
        dialog=ask("Hide this text?", "It disappears for everybody at once. You can restore it later.", "Hide it"),
    )
    def hide(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        report = self._get_report(request, object_id)
        act = partial(_act_on_subject, HIDE[SubjectType(report.subject_type)], report.subject_id)
        return self.run_decision(request, form, act=act, report_id=report.id, done="Hidden for everybody.")

    @button(
        "Restore",
        url_path="restore",
        icon="visibility",
        permissions=DECIDE,
        dialog=ask("Restore this text?", "Everybody sees it again.", "Restore it"),
    )
    def restore(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        report = self._get_report(request, object_id)
        act = partial(_act_on_subject, RESTORE[SubjectType(report.subject_type)], report.subject_id)
        return self.run_decision(request, form, act=act, report_id=report.id, done="Visible for everybody again.")

    @button(
        "Dismiss",
        url_path="dismiss",
        icon="task_alt",
        permissions=DECIDE,
        dialog=ask("Dismiss this report?", "The text stays as it is; the report is closed.", "Dismiss it"),
    )
    def dismiss(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        report = self._get_report(request, object_id)
        return self.run_decision(
            request,
            form,
            act=lambda decision: moderation.dismiss_report(decision=decision),
            report_id=report.id,
            done="Report dismissed.",
        )

    @button(
        "Suspend author",
        url_path="suspend",
        icon="person_off",
        is_dangerous=True,
        permissions=DECIDE,
        dialog=ask(
            "Suspend the author?",
            "They are logged out everywhere and cannot come back until somebody reinstates them.",
            "Suspend them",
        ),
    )
    def suspend(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        report = self._get_report(request, object_id)
        return self.run_decision(
            request,
            form,
            act=lambda decision: moderation.suspend_author(decision=decision),
            report_id=report.id,
            done="The author is suspended.",
        )

    def _get_report(self, request: HttpRequest, object_id: str) -> Report:
        row = self.get_row(request, object_id)
        assert isinstance(row, Report), "this page lists reports"
        return row


def _act_on_subject(change: Any, subject_id: UUID, decision: Decision) -> object:
    return change(subject_id, decision)


def _is_hidden(report: Report) -> bool:
    return bool(get_subject(report).is_hidden)


def _list_useful(report: Report) -> set[str]:
    useful = {"restore"} if _is_hidden(report) else {"hide"}
    if report.status == Report.Status.OPEN:
        useful.add("dismiss")
    if report.subject_author is not None and report.subject_author.is_active:
        useful.add("suspend")
    return useful
