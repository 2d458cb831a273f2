/** The Touchline socket for TypeScript: one connection for every topic, which comes back by itself and resumes. */
export { CloseCode } from "./backoff.js";
export { followPage, onAnimationFrame } from "./browser.js";
export {
  TouchlineClient,
  type CallOptions,
  type ClientEvents,
  type ClientOptions,
  type ConnectionState,
  type FieldOptions,
  type SubscribeOptions,
  type Subscription,
} from "./client.js";
export { immediately, type Schedule } from "./delivery.js";
export { CallRefused, Closed, FrameTooLarge, NotConnected, OutcomeUnknown, Refused, TopicRefused, TouchlineError } from "./errors.js";
export type {
  CallMap,
  ConflateMs,
  ErrorFrame,
  KeyedEntry,
  NoticeFrame,
  Problem,
  Schemas,
  SocketLimits,
  SocketPerson,
  TopicMap,
  WelcomeFrame,
} from "./frames.js";
export { newKey } from "./keys.js";
export type { Latency } from "./latency.js";
export type { Loss } from "./link.js";
export type { OpenSocket, SocketLike } from "./socket.js";
export type { Standing } from "./topic_book.js";
export type {
  ChangeEvent,
  EntriesEvent,
  EphemeralPattern,
  FieldOf,
  Image,
  ImageEvent,
  PatternOf,
  Payload,
  TopicEvent,
  TopicListener,
  TopicName,
  TopicPattern,
} from "./topic_types.js";
