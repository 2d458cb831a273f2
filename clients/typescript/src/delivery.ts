/**
 * Hands over what frames brought, when the schedule says so: at once, or gathered once per animation frame. What waits
 * stays bounded by the number of keys, because conflated values overwrite each other meanwhile.
 */
import type { KeyedEntry } from "./frames.js";
import type { AnyTopicEvent, AnyTopicListener } from "./topic_types.js";

/** Calls `flush` later, once; or at once. */
export type Schedule = (flush: () => void) => void;

export const immediately: Schedule = (flush) => flush();

/** Runs a listener so that its error is reported as its own and stops nothing else. */
export function callListener<Content>(listener: (content: Content) => void, content: Content): void {
  try {
    listener(content);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

interface Pending {
  listener: AnyTopicListener;
  events: AnyTopicEvent[];
  merged: Map<string, KeyedEntry> | null;
  publishedAtMs: number | null;
}

export class Delivery {
  #pending = new Map<string, Pending>();
  #isScheduled = false;
  #afterwards: (() => void)[] = [];

  /** `onShown` hears when the newest update of a topic was published, just after its listener has had it. */
  constructor(
    private readonly schedule: Schedule,
    private readonly onShown: (publishedAtMs: number) => void = () => undefined,
  ) {}

  push(topic: string, listener: AnyTopicListener, event: AnyTopicEvent, publishedAtMs: number | null = null): void {
    let pending = this.#pending.get(topic);
    if (!pending) this.#pending.set(topic, (pending = { listener, events: [], merged: null, publishedAtMs: null }));
    if (event.kind === "entries" && !event.replace) this.#merge(pending, event.entries);
    else {
      if (event.kind !== "change") pending.events.length = 0;
      pending.merged = null;
      pending.events.push(event);
    }
    pending.publishedAtMs = publishedAtMs ?? pending.publishedAtMs;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.schedule(() => this.flush());
  }

  /** Runs a task when everything pushed so far has been handed over. */
  afterwards(task: () => void): void {
    if (this.#isScheduled) this.#afterwards.push(task);
    else task();
  }

  drop(topic: string): void {
    this.#pending.delete(topic);
  }

  flush(): void {
    this.#isScheduled = false;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { listener, events, merged, publishedAtMs } of pending) {
      for (const event of events) callListener(listener, event);
      if (merged) callListener(listener, { kind: "entries", entries: [...merged.values()], replace: false });
      if (publishedAtMs !== null) this.onShown(publishedAtMs);
    }
    for (const task of this.#afterwards.splice(0)) task();
  }

  #merge(pending: Pending, entries: readonly KeyedEntry[]): void {
    pending.merged ??= new Map();
    for (const entry of entries) pending.merged.set(entry[0], entry);
  }
}
