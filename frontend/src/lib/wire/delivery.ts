/**
 * Gathers what frames brought and hands it over once per animation frame. While the page is hidden no frames are
 * painted, so a slow timer takes over; conflated values overwrite each other meanwhile, so the queue stays bounded.
 */
import type { KeyedEntry, SequencedChange } from "./frames";

export type TopicEvent =
  | { kind: "image"; image: unknown }
  | { kind: "change"; change: SequencedChange }
  | { kind: "entries"; entries: KeyedEntry[]; replace: boolean };

export type TopicListener = (event: TopicEvent) => void;
export type Schedule = (flush: () => void) => void;

const HIDDEN_FLUSH_MS = 250;

export function onNextFrame(flush: () => void): void {
  if (document.visibilityState === "hidden") setTimeout(flush, HIDDEN_FLUSH_MS);
  else requestAnimationFrame(flush);
}

interface Pending {
  listener: TopicListener;
  events: TopicEvent[];
  merged: Map<string, KeyedEntry> | null;
}

export class Delivery {
  #pending = new Map<string, Pending>();
  #scheduled = false;

  constructor(private readonly schedule: Schedule = onNextFrame) {}

  push(topic: string, listener: TopicListener, event: TopicEvent): void {
    let pending = this.#pending.get(topic);
    if (!pending) this.#pending.set(topic, (pending = { listener, events: [], merged: null }));
    if (event.kind === "entries" && !event.replace) this.#merge(pending, event.entries);
    else {
      if (event.kind !== "change") pending.events.length = 0;
      pending.merged = null;
      pending.events.push(event);
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.schedule(() => this.flush());
  }

  drop(topic: string): void {
    this.#pending.delete(topic);
  }

  flush(): void {
    this.#scheduled = false;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { listener, events, merged } of pending) {
      for (const event of events) listener(event);
      if (merged) listener({ kind: "entries", entries: [...merged.values()], replace: false });
    }
  }

  #merge(pending: Pending, entries: KeyedEntry[]): void {
    pending.merged ??= new Map();
    for (const entry of entries) pending.merged.set(entry[0], entry);
  }
}
