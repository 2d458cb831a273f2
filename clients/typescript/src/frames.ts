/** The frames of protocol version 1 under the names the client uses; the shapes themselves are generated. */
import type { components } from "./generated/wire.js";

export type Schemas = components["schemas"];

export type HelloFrame = Schemas["HelloFrame"];
export type WelcomeFrame = Schemas["WelcomeFrame"];
export type SubscribedFrame = Schemas["SubscribedFrame"];
export type UpdateFrame = Schemas["UpdateFrame"];
export type ResyncFrame = Schemas["ResyncFrame"];
export type ReplyFrame = Schemas["ReplyFrame"];
export type ErrorFrame = Schemas["ErrorFrame"];
export type NoticeFrame = Schemas["NoticeFrame"];
export type ByeFrame = Schemas["ByeFrame"];
export type ServerFrame = Schemas["ServerFrame"];
export type ClientFrame = Schemas["ClientFrame"];
export type TopicRequest = Schemas["TopicRequest"];
export type SocketLimits = Schemas["SocketLimits"];
export type SocketPerson = Schemas["SocketPerson"];
export type Problem = Schemas["Problem"];
export type CallMap = Schemas["CallMap"];
export type TopicMap = Schemas["TopicMap"];

export type ConflateMs = NonNullable<TopicRequest["conflate_ms"]>;

/** One row of a conflated topic: the last value of a key, and the version at which it changed; null takes it away. */
export type KeyedEntry<Value = unknown> = [key: string, version: number, value: Value | null];

/** A change of a sequenced topic as it travels: its number in the stream, its kind, and what the kind says. */
export type SequencedChange = { seq: number; type: string };

export const PROTOCOL_VERSION = 1;
