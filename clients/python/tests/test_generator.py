"""The generator of types, on a document of its own."""

from typing import Any

from scripts.generate_types import Protocol, refs_of, type_of, write_all


def object_of(members: dict[str, Any], *, required: list[str] | None = None, is_open: bool = False) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "One thing.",
        "properties": members,
        "required": list(members) if required is None else required,
        "additionalProperties": is_open,
    }


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT = {"type": "string"}
FAST = {"type": "boolean", "default": False}
FRAME = object_of({"op": TEXT, "ref": {"anyOf": [TEXT, {"type": "null"}], "default": None}}, is_open=True)
SCHEMAS: dict[str, Any] = {
    "JsonValue": {},
    "Wheel": object_of({"size": {"type": "number"}}),
    "Car": object_of({"wheels": {"type": "array", "items": ref("Wheel")}, "extra": ref("JsonValue")}),
    "Honked": object_of({"type": {"const": "honked", "default": "honked"}, "car": ref("Car")}),
    "DriveCommand": object_of({"far": {"type": "integer"}, "fast": FAST}, required=["far"]),
    "TopicMap": object_of(
        {
            "garage:{car_id}": object_of({"lane": {"const": "sequenced"}, "payload": {"oneOf": [ref("Honked")]}}),
            "race:{name}:cars": object_of({"lane": {"const": "conflated"}, "payload": {"oneOf": [ref("Car")]}}),
        }
    ),
    "CallMap": object_of({"drive": object_of({"args": ref("DriveCommand"), "reply": ref("Car")})}),
}
SCHEMAS |= dict.fromkeys(("WelcomeFrame", "ErrorFrame", "NoticeFrame", "ByeFrame", "Problem"), FRAME)
DOCUMENT = {"components": {"schemas": SCHEMAS}}


def test_types_are_those_that_json_brings() -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        (TEXT | {"format": "uuid"}, "str"),
        ({"enum": ["a", "b"]}, 'Literal["a", "b"]'),
        ({"const": True}, "Literal[True]"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "int | None"),
        ({"type": "object", "additionalProperties": TEXT}, "dict[str, str]"),
        ({"type": "object", "additionalProperties": True}, "dict[str, Any]"),
        ({"type": "array", "prefixItems": [TEXT]}, "list[Any]"),
        (ref("JsonValue"), "Any"),
        (ref("Car"), "Car"),
    ]

    assert [type_of(schema, SCHEMAS) for schema, _ in cases] == [text for _, text in cases]
    assert refs_of(SCHEMAS["Car"]) == {"Wheel", "JsonValue"}


def test_every_schema_that_is_needed_has_one_place_behind_those_it_mentions() -> None:
    protocol = Protocol(DOCUMENT)

    assert protocol.list_in_order("values") == ["Wheel", "Car"]
    assert (protocol.modules["changes"], protocol.modules["commands"]) == ({"Honked"}, {"DriveCommand"})


def test_topics_and_calls_are_functions_and_overloads() -> None:
    texts = write_all(DOCUMENT)

    assert "def garage(car_id: UUID | str) -> SequencedTopic[dict[str, Any], Honked]:" in texts["topics.py"]
    assert 'return Topic(f"garage:{car_id}")' in texts["topics.py"]
    assert "def race_cars(name: str) -> ConflatedTopic[Car]:" in texts["topics.py"]
    assert 'name: Literal["drive"],' in texts["calls.py"]
    assert ") -> Car: ..." in texts["calls.py"]
    assert "    far: int\n    fast: NotRequired[bool]\n" in texts["commands.py"]
    assert "    op: str\n    ref: NotRequired[str | None]\n" in texts["frames.py"]
    assert "@final\nclass Car(TypedDict):" in texts["values.py"]
    assert "@final" not in texts["frames.py"]
    for text in texts.values():
        compile(text, "generated", "exec")
