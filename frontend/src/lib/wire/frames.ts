/** The frames of protocol version 1 under the names the client uses; the shapes themselves are generated. */
import type { components } from "$generated/wire";

type Schemas = components["schemas"];

export type WelcomeFrame = Schemas["WelcomeFrame"];
export type SubscribedFrame = Schemas["SubscribedFrame"];
export type UpdateFrame = Schemas["UpdateFrame"];
export type NoticeFrame = Schemas["NoticeFrame"];
export type ServerFrame = Schemas["ServerFrame"];
export type ClientFrame = Schemas["ClientFrame"];
export type TopicRequest = Schemas["TopicRequest"];
export type ConflateMs = NonNullable<TopicRequest["conflate_ms"]>;

/** A change of a sequenced topic as it travels: its number in the stream, its kind, and what the kind says. */
export type SequencedChange = Schemas["SequencedChange"] & Record<string, unknown>;

/** One row of a conflated topic: the last value of a key, and the version at which it changed; null takes it away. */
export type KeyedEntry = [key: string, version: number, value: unknown];

type Topics = Schemas["TopicMap"];

/** What may arrive on a topic, by its pattern. */
export type Payload<Pattern extends keyof Topics> = Topics[Pattern]["payload"];
