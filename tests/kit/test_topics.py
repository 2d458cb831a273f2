"""Topic strings resolve to what an app declared, and to nothing else."""

import pytest

from project.kit.topics import ConflatedTopic, everyone, resolve

EVENT_ID = "0190000a-0000-7000-8000-00000000000b"


def test_a_pattern_matches_ids_and_slugs_exactly() -> None:
    topic = ConflatedTopic(
        name="t", pattern="event:{event_id}:{kind}", may_subscribe=everyone, values=(), image=lambda arguments: []
    )

    match = topic.expression.fullmatch(f"event:{EVENT_ID}:prices")

    assert match is not None
    assert match.groupdict() == {"event_id": EVENT_ID, "kind": "prices"}
    assert topic.name_for(event_id=EVENT_ID, kind="prices") == f"event:{EVENT_ID}:prices"


@pytest.mark.parametrize(
    "text",
    [
        "event:1:prices",
        f"event:{EVENT_ID}:prices\n",
        f"event:{EVENT_ID.upper()}:prices",
        f"event:{EVENT_ID}:prices:x",
        "event:*:prices",
        "",
        "x" * 500,
    ],
)
def test_other_strings_name_no_topic(text: str) -> None:
    assert resolve(text) is None
