/** What the compiler knows about topics and commands; `npm run check` is what proves it. */
import { expectTypeOf, test } from "vitest";
import { TouchlineClient, type CallMap, type PatternOf, type Schemas, type TopicEvent } from "touchline-client";

const client = new TouchlineClient({ url: "ws://test/" });
const id: string = "e1";

test("a topic's text says what arrives", () => {
  expectTypeOf<PatternOf<`event:${string}:prices`>>().toEqualTypeOf<"event:{event_id}:prices">();
  expectTypeOf<PatternOf<`thread:${string}`>>().toEqualTypeOf<"thread:{thread_id}">();
  expectTypeOf<PatternOf<`thread:${string}:live`>>().toEqualTypeOf<"thread:{thread_id}:live">();
  client.subscribe(`thread:${id}:live`, (event) => {
    if (event.kind === "image") expectTypeOf(event.image).toEqualTypeOf<Schemas["GatheringImage"]>();
    else if (event.change.type === "typing.started") expectTypeOf(event.change).toEqualTypeOf<Schemas["TypingStartedChange"]>();
  });
  client.subscribe(`event:${id}:scoreboard`, (event) => {
    expectTypeOf(event.entries).toEqualTypeOf<[key: string, version: number, value: Schemas["Scoreboard"] | null][]>();
  });
  client.subscribe(`event:${id}:incidents`, (event) => {
    if (event.kind === "change") expectTypeOf(event.change).toExtend<Schemas["IncidentRecordedChange"] & { seq: number }>();
  });
  client.subscribe("lobby:prices", (event) => expectTypeOf(event).toEqualTypeOf<TopicEvent<"lobby:prices">>());
  // @ts-expect-error nobody is typing in the prices
  expectTypeOf(() => client.typing("lobby:prices")).toBeFunction();
  // @ts-expect-error there is no such topic
  expectTypeOf(() => client.subscribe("lobby:wishes", () => undefined)).toBeFunction();
});

test("a choice of fields leaves only those in the values", () => {
  client.subscribe(`event:${id}:insight`, (event) => expectTypeOf(event.entries[0]![2]!).toEqualTypeOf<Pick<Schemas["InsightReply"], "confidence" | "note">>(), {
    fields: ["confidence", "note"],
  });
  // @ts-expect-error a score has no such member
  expectTypeOf(() => client.subscribe("lobby:scores", () => undefined, { fields: ["weather"] })).toBeFunction();
});

test("a command's name says its arguments and its answer", () => {
  expectTypeOf(client.call<"place_slip">).returns.resolves.toEqualTypeOf<Schemas["SlipReply"]>();
  expectTypeOf<CallMap["mark_read"]["args"]>().toEqualTypeOf<Schemas["MarkReadCommand"]>();
  // @ts-expect-error a stake is a text, not a number
  expectTypeOf(() => client.call("place_slip", { stake: 5, currency: "PLY", legs: [] })).toBeFunction();
});
