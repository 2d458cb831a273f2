"""The published documents fit the classes, and what the hub writes as text fits the documents."""

import json

import pytest
from pydantic import TypeAdapter

from realtime.core.conflation import Entry
from realtime.core.encoding import conflated_update, image_frames, sequenced_update
from realtime.documents import describe_http, describe_socket, describe_socket_types, list_documents
from realtime.frames.server import ServerFrame

HUB_FRAMES = [
    conflated_update("t", entries=[Entry("k", 1, {"a": 1}), Entry("l", 2, None)], version=2, published_at_ms=5),
    sequenced_update("t", epoch="e", changes=[(1, {"type": "a.b", "x": "y"})], published_at_ms=5),
    *image_frames({"op": "subscribed", "topic": "t", "lane": "conflated", "pos": "v:1", "ref": 1}, ['["k",1,{}]']),
]


@pytest.mark.parametrize("frame", HUB_FRAMES)
def test_frames_written_as_text_are_frames_of_the_protocol(frame: object) -> None:
    text: str = frame.text  # type: ignore[attr-defined]  # a Frame

    assert TypeAdapter(ServerFrame).validate_json(text).op == json.loads(text)["op"]


def test_documents_are_the_same_every_time() -> None:
    assert list_documents() == list_documents()


def test_every_reference_of_a_document_leads_somewhere() -> None:
    for document in (describe_http(), describe_socket(), describe_socket_types()):
        text = json.dumps(document)
        for part in text.split('"$ref": "#')[1:]:
            place = document
            for step in part.split('"')[0].strip("/").split("/"):
                place = place[step.replace("~1", "/")]


def test_what_is_always_sent_is_required() -> None:
    """A defaulted literal would export as optional, and every reader of the types would have to ask for it."""
    schemas = describe_socket_types()["components"]["schemas"]

    assert set(schemas["WalletChanged"]["required"]) == {"type", "wallet", "transaction_type"}
    assert "op" in schemas["UpdateFrame"]["required"]
    assert all("title" not in field for field in schemas["UpdateFrame"]["properties"].values())


def test_the_topic_map_knows_every_topic() -> None:
    topics = describe_socket_types()["components"]["schemas"]["TopicMap"]["properties"]

    assert {"user:{user_id}", "lobby:prices", "thread:{thread_id}", "event:{event_id}:insight"} <= set(topics)


def test_a_route_that_needs_a_key_says_so() -> None:
    paths = describe_http()["paths"]
    needs = {
        f"{method} {path}"
        for path, operations in paths.items()
        for method, about in operations.items()
        if any(one["name"] == "Idempotency-Key" for one in about["parameters"])
    }
    [header] = paths["/api/slips"]["post"]["parameters"]

    assert {"post /api/slips", "post /api/threads", "post /api/withdrawals", "post /api/desk/actions"} <= needs
    assert not {"get /api/slips", "post /api/slips/quote", "post /api/socket-ticket"} & needs
    assert (header["in"], header["required"], header["description"][:29]) == (
        "header",
        True,
        "Yours, and new for every comm",
    )
    assert {name: header["schema"][name] for name in ("type", "minLength", "maxLength")} == {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
    }
