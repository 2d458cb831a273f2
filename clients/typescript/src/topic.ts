/** What one topic knows on this connection, and what each frame about it adds. It sends nothing and waits for nothing. */
import { ConflatedFeed, SequencedFeed } from "./feeds.js";
import type { KeyedEntry, SequencedChange, SubscribedFrame, UpdateFrame } from "./frames.js";
import type { AnyTopicEvent } from "./topic_types.js";

/**
 * What a frame led to. `isCurrent`: what is known is what the server knew when it wrote the frame. `isBroken`: something
 * is missing that only another subscribe can bring.
 */
export interface Step {
  events: AnyTopicEvent[];
  isCurrent: boolean;
  isBroken: boolean;
}

const step = (events: AnyTopicEvent[], isCurrent: boolean): Step => ({ events, isCurrent, isBroken: false });
const BROKEN: Step = { events: [], isCurrent: false, isBroken: true };

export class Topic {
  #lane: SubscribedFrame["lane"] | null = null;
  #isStarted = false;
  #sequenced = new SequencedFeed();
  #conflated = new ConflatedFeed();
  /** Where a resumed topic stood when it was resumed: until that is reached it is catching up. */
  #goal: string | null = null;
  /** What has come of an image that comes in segments: entries of a conflated topic, text of a sequenced one. */
  #entries: KeyedEntry[] = [];
  #text = "";
  #nextSegment = 0;

  /** The position to resume from, if there is one. */
  get since(): string | undefined {
    return this.#sequenced.since;
  }

  /** An answer is awaited: until it is there, only the next change of a sequenced topic can be of use. */
  await(): void {
    this.#isStarted = false;
    this.#dropSegments();
    this.#goal = null;
  }

  /** The position is of no use any more: the next answer shall be an image. */
  forget(): void {
    this.#sequenced.forget();
  }

  start(frame: SubscribedFrame): Step {
    this.#lane = frame.lane;
    const segment = frame.segment ?? 0;
    if (segment === 0) this.#dropSegments();
    else if (segment !== this.#nextSegment) return BROKEN;
    this.#nextSegment = segment + 1;
    const isLast = this.#nextSegment >= (frame.segments ?? 1);
    if (frame.lane === "conflated") return this.#startConflated(frame, isLast);
    this.#text += frame.part ?? "";
    if (!isLast) return step([], false);
    this.#isStarted = true;
    if (frame.lane === "ephemeral") return step([{ kind: "image", image: frame.image }], true);
    return frame.resumed ? this.#resume(frame.pos) : this.#startSequenced(frame);
  }

  update(frame: UpdateFrame): Step {
    switch (this.#lane) {
      case "conflated":
        return this.#updateConflated(frame.changes as KeyedEntry[]);
      case "ephemeral":
        return step(this.#isStarted ? (frame.changes as SequencedChange[]).map((change) => ({ kind: "change", change })) : [], this.#isStarted);
      default:
        return this.#updateSequenced(frame.pos ?? "", frame.changes as SequencedChange[]);
    }
  }

  #startSequenced(frame: SubscribedFrame): Step {
    const text = this.#text;
    this.#dropSegments();
    this.#goal = null;
    let image: unknown = frame.image;
    try {
      if (text !== "") image = JSON.parse(text);
    } catch {
      return BROKEN;
    }
    return this.#sequenced.restart(frame.pos) ? step([{ kind: "image", image }], true) : BROKEN;
  }

  #resume(position: string): Step {
    if (!this.#sequenced.resume(position)) {
      this.#sequenced.forget();
      return BROKEN;
    }
    this.#goal = position;
    return step([], this.#isCaughtUp());
  }

  #updateSequenced(position: string, changes: readonly SequencedChange[]): Step {
    const outcome = this.#sequenced.take(position, changes);
    const events = outcome.changes.map((change): AnyTopicEvent => ({ kind: "change", change }));
    // What arrives while an answer is awaited belongs to the hole that the answer fills.
    if (!this.#isStarted) return step(events, false);
    return { events, isCurrent: !outcome.hasGap && this.#isCaughtUp(), isBroken: outcome.hasGap };
  }

  #isCaughtUp(): boolean {
    if (this.#goal !== null && this.#sequenced.hasReached(this.#goal)) this.#goal = null;
    return this.#goal === null;
  }

  #startConflated(frame: SubscribedFrame, isLast: boolean): Step {
    const { entries } = frame.image as unknown as { entries: KeyedEntry[] };
    for (const entry of entries) this.#entries.push(entry);
    if (!isLast) return step([], false);
    const image = this.#conflated.restart(this.#entries);
    this.#isStarted = true;
    this.#dropSegments();
    return step([{ kind: "entries", entries: image, replace: true }], true);
  }

  #updateConflated(changes: readonly KeyedEntry[]): Step {
    if (this.#nextSegment > 0) {
      for (const entry of changes) this.#entries.push(entry);
      return step([], false);
    }
    if (!this.#isStarted) return step([], false);
    const entries = this.#conflated.merge(changes);
    return step(entries.length > 0 ? [{ kind: "entries", entries, replace: false }] : [], true);
  }

  #dropSegments(): void {
    this.#entries = [];
    this.#text = "";
    this.#nextSegment = 0;
  }
}
