/** From the text of a topic to what travels on it: `event:${id}:scoreboard` is known to bring scoreboards. */
import type { KeyedEntry, TopicMap } from "./frames.js";

/** A topic as the protocol declares it, for example `event:{event_id}:prices`. */
export type TopicPattern = keyof TopicMap;

/** A topic of which nothing is kept: presence and typing. */
export type EphemeralPattern = { [Pattern in TopicPattern]: TopicMap[Pattern]["lane"] extends "ephemeral" ? Pattern : never }[TopicPattern];

type Filled<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Tail}` ? `${Head}${string}${Filled<Tail>}` : Pattern;

/** A topic as it is asked for, for example `event:${string}:prices`. */
export type TopicName<Pattern extends TopicPattern = TopicPattern> = Pattern extends TopicPattern ? Filled<Pattern> : never;

type Matching<Name extends string> = { [Pattern in TopicPattern]: Name extends Filled<Pattern> ? Pattern : never }[TopicPattern];

/** Those of `Others` that say more than `Pattern` does: `thread:{thread_id}:live` also reads as `thread:{thread_id}`. */
type Narrower<Pattern extends TopicPattern, Others extends TopicPattern> = Others extends Pattern
  ? never
  : Filled<Others> extends Filled<Pattern>
    ? Others
    : never;

type Narrowest<Found extends TopicPattern, All extends TopicPattern = Found> = Found extends TopicPattern
  ? [Narrower<Found, All>] extends [never]
    ? Found
    : never
  : never;

/** The pattern that a topic's text belongs to. */
export type PatternOf<Name extends string> = Narrowest<Matching<Name>>;

/** What may arrive on a topic, by its pattern. */
export type Payload<Pattern extends TopicPattern> = TopicMap[Pattern]["payload"];

/** What a topic begins with, where the protocol declares it. */
export type Image<Pattern extends TopicPattern> = TopicMap[Pattern] extends { image: infer Known } ? Known : unknown;

type MembersOf<Value> = Value extends unknown ? Extract<keyof Value, string> : never;

/** The members that a subscription to a conflated topic may choose from. */
export type FieldOf<Name extends string> = MembersOf<Payload<PatternOf<Name>>>;

type Chosen<Value, Field> = Value extends unknown ? ([MembersOf<Value>] extends [Field] ? Value : Pick<Value, Extract<keyof Value, Field>>) : never;

/** The state of a topic as a whole; what was known before is void. */
export interface ImageEvent<Content = unknown> {
  kind: "image";
  image: Content;
}

/** One change. On a sequenced topic each comes once and in order; on an ephemeral one it is a hint that may be lost. */
export interface ChangeEvent<Change> {
  kind: "change";
  change: Change;
}

/** Newer values of some keys of a conflated topic; with `replace` they are all there is, and other keys are gone. */
export interface EntriesEvent<Value> {
  kind: "entries";
  entries: KeyedEntry<Value>[];
  replace: boolean;
}

interface LaneEvents<Content, Value> {
  conflated: EntriesEvent<Value>;
  sequenced: ImageEvent<Content> | ChangeEvent<Value & { seq: number }>;
  ephemeral: ImageEvent<Content> | ChangeEvent<Value>;
}

/** What a listener of a topic hears. */
export type TopicEvent<Pattern extends TopicPattern = TopicPattern, Field = unknown> = Pattern extends TopicPattern
  ? LaneEvents<Image<Pattern>, unknown extends Field ? Payload<Pattern> : Chosen<Payload<Pattern>, Field>>[TopicMap[Pattern]["lane"]]
  : never;

export type TopicListener<Name extends string, Field = unknown> = (event: TopicEvent<PatternOf<Name>, Field>) => void;

/** The same without types, as the inside of the client passes it on. */
export type AnyTopicEvent = ImageEvent | ChangeEvent<{ type: string }> | EntriesEvent<unknown>;
export type AnyTopicListener = (event: AnyTopicEvent) => void;
