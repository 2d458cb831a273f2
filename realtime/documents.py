"""The published documents of the protocol, made from the classes that serve it: OpenAPI, AsyncAPI, types."""

import importlib
import json
from typing import Any, Final

from django.conf import settings
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from project.kit.topics import ConflatedTopic, EphemeralTopic, SequencedTopic, Topic, all_topics, change_types
from realtime.commands import CALLS
from realtime.core.closing import ALL_CLOSINGS
from realtime.event_query import STREAM_PATH, EventsQuery
from realtime.frames.client import CLIENT_FRAMES
from realtime.frames.server import SERVER_FRAMES, ReplyFrame

Document = dict[str, Any]

REF: Final = "#/components/schemas/{model}"
VERSION: Final = "1.0.0"
SOCKET_ADDRESS: Final = "/ws/v1/"


def list_documents() -> dict[str, str]:
    """File name to content, in a form that does not change while the classes stand."""
    documents = {
        "openapi.json": describe_http(),
        "socket.openapi.json": describe_socket_types(),
        "asyncapi.json": describe_socket(),
    }
    return {
        name: json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"
        for name, document in documents.items()
    }


def describe_http() -> Document:
    """OpenAPI of every route under /api/."""
    # The API is assembled above this app, so it is found the way Django finds it.
    api = importlib.import_module(settings.ROOT_URLCONF).api
    document: Document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str))
    assert STREAM_PATH not in document["paths"], "it is served beside Django and would hide that route"
    document["paths"][STREAM_PATH] = {"get": _describe_events()}
    return document


def describe_socket_types() -> Document:
    """An OpenAPI document without routes: what type generators read for the socket."""
    schemas, names = _describe_models()
    schemas["ClientFrame"] = _one_of(names, CLIENT_FRAMES)
    schemas["ServerFrame"] = _one_of(names, SERVER_FRAMES)
    schemas["TopicMap"] = _closed_object({topic.pattern: _describe_topic(topic, names) for topic in all_topics()})
    schemas["CallMap"] = _closed_object(
        {
            call.name: _closed_object({"args": _ref(names, call.command), "reply": _ref(names, call.reply)})
            for call in CALLS.values()
        }
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Touchline socket", "version": VERSION},
        "paths": {},
        "components": {"schemas": schemas},
    }


def describe_socket() -> Document:
    """AsyncAPI 3: one channel for the socket's frames, and one for each topic that travels inside it."""
    schemas, names = _describe_models()
    frames: list[type[BaseModel]] = [*CLIENT_FRAMES, *SERVER_FRAMES]
    channels: Document = {
        "socket": {
            "address": SOCKET_ADDRESS,
            "description": "JSON text frames. Close codes: "
            + "; ".join(f"{each.code} {each.name}: {each.meaning}" for each in ALL_CLOSINGS),
            "messages": {frame.__name__: {"$ref": f"#/components/messages/{frame.__name__}"} for frame in frames},
        }
    }
    messages: Document = {
        frame.__name__: {"name": _literal_of(frame, "op"), "payload": _ref(names, frame)} for frame in frames
    }
    heard = tuple(frame for frame in SERVER_FRAMES if frame is not ReplyFrame)
    channels["events"] = {
        "address": STREAM_PATH,
        "description": "The same frames as server-sent events: `event` is the frame's `op`, `data` the frame.",
        "messages": {frame.__name__: {"$ref": f"#/components/messages/{frame.__name__}"} for frame in heard},
    }
    for topic in all_topics():
        models = list_payloads(topic)
        messages |= {model.__name__: {"name": model.__name__, "payload": _ref(names, model)} for model in models}
        channels[topic.name] = _describe_topic_channel(topic, models)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Touchline socket", "version": VERSION},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": {
            "hear": _describe_operation("send", "socket", SERVER_FRAMES),
            "hear_events": _describe_operation("send", "events", heard),
            "say": _describe_operation("receive", "socket", CLIENT_FRAMES),
        },
        "components": {"messages": messages, "schemas": schemas},
    }


def list_payloads(topic: Topic) -> list[type[BaseModel]]:
    """What travels on a topic: changes of a sequenced or ephemeral one, values of a conflated one.

    Changes of a sequenced topic come from several apps: by name, whichever of them was read first.
    """
    if isinstance(topic, SequencedTopic):
        return sorted(change_types(topic), key=lambda model: model.__name__)
    if isinstance(topic, EphemeralTopic):
        return list(topic.changes)
    assert isinstance(topic, ConflatedTopic)
    return list(topic.values)


def _describe_models() -> tuple[Document, dict[type[BaseModel], str]]:
    """Every schema by name, and each model's reference. Replies are described as they are sent: defaults are there."""
    sent: list[type[BaseModel]] = [*CLIENT_FRAMES, *(call.command for call in CALLS.values())]
    received: list[type[BaseModel]] = [*SERVER_FRAMES, *(call.reply for call in CALLS.values())]
    for topic in all_topics():
        models = [*list_payloads(topic), *([topic.image] if isinstance(topic, EphemeralTopic) else [])]
        received += [model for model in models if model not in received]
    keys, definitions = models_json_schema(
        [(model, "validation") for model in sent] + [(model, "serialization") for model in received],
        ref_template=REF,
    )
    names = {model: str(keys[model, "validation"]["$ref"]) for model in sent}
    names |= {model: str(keys[model, "serialization"]["$ref"]) for model in received}
    schemas: Document = definitions["$defs"]
    return dict(sorted(schemas.items())), names


def _describe_topic(topic: Topic, names: dict[type[BaseModel], str]) -> Document:
    payload = _one_of(names, list_payloads(topic))
    members = {"lane": {"const": topic.lane, "type": "string"}, "payload": payload}
    if isinstance(topic, EphemeralTopic):
        members["image"] = _ref(names, topic.image)
    return _closed_object(members)


def _describe_topic_channel(topic: Topic, models: list[type[BaseModel]]) -> Document:
    parameters = {name: {"description": _describe_argument(name)} for name in topic.expression.groupindex}
    channel: Document = {
        "address": topic.pattern,
        "description": f"Lane: {topic.lane}. Subscribe to it on the socket.",
        "messages": {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models},
    }
    return channel | ({"parameters": parameters} if parameters else {})


def _describe_argument(name: str) -> str:
    return "A UUID" if name.endswith("_id") else "A slug"


def _describe_operation(action: str, channel: str, frames: tuple[type[BaseModel], ...]) -> Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{frame.__name__}"} for frame in frames],
    }


def _describe_events() -> Document:
    schema = EventsQuery.model_json_schema()
    parameters = [
        {"in": "query", "name": name, "required": name in schema["required"], "schema": member}
        for name, member in schema["properties"].items()
    ]
    for parameter in parameters:
        if parameter["name"] == "fields":
            parameter |= {"style": "form", "explode": False}  # separated by commas
    last_event_id = {"in": "header", "name": "Last-Event-ID", "required": False, "schema": {"type": "string"}}
    return {
        "operationId": "stream_events",
        "summary": "Stream Events",
        "description": "Topics as server-sent events: the frames of the socket, each under its `op` as the event's"
        " name. An event's `id` resumes all sequenced topics of the stream; browsers send it back by themselves.",
        "tags": ["realtime"],
        "parameters": [*parameters, last_event_id],
        "responses": {"200": {"description": "OK", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    }


def _literal_of(model: type[BaseModel], field: str) -> str:
    (value,) = model.model_fields[field].annotation.__args__  # type: ignore[union-attr]  # every op is one literal
    return str(value)


def _one_of(names: dict[type[BaseModel], str], models: Any) -> Document:
    return {"oneOf": [_ref(names, model) for model in models]}


def _ref(names: dict[type[BaseModel], str], model: type[BaseModel]) -> Document:
    return {"$ref": names[model]}


def _closed_object(members: Document) -> Document:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
