"""Tables of conversations and of the forum."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("community", "0001_initial_tables"), ("community", "0005_achievements")]

    dependencies = [
        ("sports", "0001_catalogue_and_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Conversation",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("kind", models.CharField(choices=[("direct", "Direct")], default="direct", max_length=16)),
                    ("pair_key", models.CharField(help_text="Both members' ids in order", max_length=73, unique=True)),
                    (
                        "started_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("last_seq", models.PositiveIntegerField(default=0)),
                    ("created_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField(help_text="When the last message came")),
                ],
                options={
                    "ordering": ["-updated_at", "-id"],
                    "indexes": [models.Index(fields=["-updated_at", "-id"], name="community_conversation_recent")],
                },
            ),
            migrations.CreateModel(
                name="Membership",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "conversation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="memberships",
                            to="community.conversation",
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="memberships",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("last_read_seq", models.PositiveIntegerField(default=0)),
                    ("unread", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ["conversation_id", "user_id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("conversation", "user"), name="community_membership_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Message",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "conversation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="messages",
                            to="community.conversation",
                        ),
                    ),
                    ("seq", models.PositiveIntegerField()),
                    (
                        "sender",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sent_messages",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("body", models.TextField()),
                    ("body_html", models.TextField()),
                    ("sent_at", models.DateTimeField()),
                    ("is_hidden", models.BooleanField(default=False)),
                ],
                options={
                    "ordering": ["conversation_id", "seq"],
                    "constraints": [
                        models.UniqueConstraint(fields=("conversation", "seq"), name="community_message_seq"),
                        models.CheckConstraint(
                            condition=models.Q(("seq__gte", 1)), name="community_message_seq_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("body", ""), _negated=True), name="community_message_not_blank"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Inbox",
                fields=[
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("unread", models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name="Block",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "blocker",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="blocks_made",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "blocked",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="blocks_received",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["blocker_id", "blocked_id"],
                    "constraints": [
                        models.UniqueConstraint(fields=("blocker", "blocked"), name="community_block_once"),
                        models.CheckConstraint(
                            condition=models.Q(("blocker", models.F("blocked")), _negated=True),
                            name="community_block_other",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Category",
                fields=[
                    ("slug", models.SlugField(max_length=64, primary_key=True, serialize=False)),
                    ("name", models.CharField(max_length=80)),
                    ("description", models.CharField(max_length=200)),
                    ("position", models.PositiveSmallIntegerField()),
                ],
                options={
                    "verbose_name_plural": "categories",
                    "ordering": ["position", "slug"],
                },
            ),
            migrations.CreateModel(
                name="CommunityPost",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "category",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="posts",
                            to="community.category",
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.event",
                        ),
                    ),
                    ("is_event_thread", models.BooleanField(default=False)),
                    (
                        "author",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="community_posts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("title", models.CharField(max_length=200)),
                    ("content", models.TextField(blank=True)),
                    ("content_html", models.TextField(blank=True)),
                    ("posted_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField()),
                    ("last_activity_at", models.DateTimeField()),
                    ("last_reply_seq", models.PositiveIntegerField(default=0)),
                    ("reply_count", models.PositiveIntegerField(default=0, help_text="Replies that are not hidden")),
                    ("is_hidden", models.BooleanField(default=False)),
                ],
                options={
                    "verbose_name": "thread",
                    "ordering": ["-last_activity_at", "-id"],
                    "indexes": [
                        models.Index(
                            fields=["category", "-last_activity_at", "-id"], name="community_post_in_category"
                        ),
                        models.Index(fields=["-last_activity_at", "-id"], name="community_post_recent"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_event_thread", True)),
                            fields=("event",),
                            name="community_post_one_per_event",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("author__isnull", True),
                                    ("category__isnull", True),
                                    ("event__isnull", False),
                                    ("is_event_thread", True),
                                ),
                                models.Q(
                                    ("author__isnull", False), ("category__isnull", False), ("is_event_thread", False)
                                ),
                                _connector="OR",
                            ),
                            name="community_post_made_by_person_or_system",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reply_count__lte", models.F("last_reply_seq"))),
                            name="community_post_counts_replies",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PostReply",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "post",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="replies",
                            to="community.communitypost",
                        ),
                    ),
                    ("seq", models.PositiveIntegerField()),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="post_replies",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("content", models.TextField()),
                    ("content_html", models.TextField()),
                    ("posted_at", models.DateTimeField()),
                    ("is_hidden", models.BooleanField(default=False)),
                ],
                options={
                    "verbose_name": "reply",
                    "verbose_name_plural": "replies",
                    "ordering": ["post_id", "seq"],
                    "constraints": [
                        models.UniqueConstraint(fields=("post", "seq"), name="community_reply_seq"),
                        models.CheckConstraint(
                            condition=models.Q(("seq__gte", 1)), name="community_reply_seq_from_one"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("content", ""), _negated=True), name="community_reply_not_blank"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReadMark",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "post",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="community.communitypost"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("last_read_seq", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ["user_id", "post_id"],
                    "constraints": [models.UniqueConstraint(fields=("user", "post"), name="community_read_mark_once")],
                },
            ),
        ),
    ]
