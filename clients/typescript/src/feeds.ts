/**
 * The client rule of each lane as plain state machines: what a topic knows, and what a frame adds to it.
 * They never touch the socket, so every order of frames can be tried in a test.
 */
import type { KeyedEntry, SequencedChange } from "./frames.js";

export interface Position {
  epoch: string;
  seq: number;
}

/** An epoch and a number, or null for what is no position of a sequenced topic. */
export function findPosition(text: string): Position | null {
  const split = text.lastIndexOf(":");
  const digits = text.slice(split + 1);
  const seq = Number(digits);
  return split < 1 || digits === "" || !Number.isSafeInteger(seq) || seq < 0 ? null : { epoch: text.slice(0, split), seq };
}

/** What to apply now, and whether something is missing after it. */
export interface SequencedOutcome {
  changes: SequencedChange[];
  hasGap: boolean;
}

/** Every change once and in order: the next one is applied, an old one dropped, a later one is a gap. */
export class SequencedFeed {
  #position: Position | null = null;

  get since(): string | undefined {
    return this.#position ? `${this.#position.epoch}:${this.#position.seq}` : undefined;
  }

  /** Begins with an image; false where the position makes no sense. */
  restart(position: string): boolean {
    this.#position = findPosition(position);
    return this.#position !== null;
  }

  /** The server resumes from what we know, so our own position stands, unless it speaks of another history. */
  resume(position: string): boolean {
    return this.#position !== null && findPosition(position)?.epoch === this.#position.epoch;
  }

  /** Whether everything up to that position has been applied. */
  hasReached(position: string): boolean {
    const goal = findPosition(position);
    return this.#position !== null && goal?.epoch === this.#position.epoch && this.#position.seq >= goal.seq;
  }

  forget(): void {
    this.#position = null;
  }

  take(position: string, changes: readonly SequencedChange[]): SequencedOutcome {
    const known = this.#position;
    if (known === null || findPosition(position)?.epoch !== known.epoch) return { changes: [], hasGap: true };
    const fresh: SequencedChange[] = [];
    for (const change of changes) {
      if (change.seq <= known.seq) continue;
      if (change.seq !== known.seq + 1) return { changes: fresh, hasGap: true };
      known.seq = change.seq;
      fresh.push(change);
    }
    return { changes: fresh, hasGap: false };
  }
}

interface Known {
  version: number;
  isGone: boolean;
}

/**
 * The last value of each key; a version that is not newer changes nothing. A null value says that the key is gone; what
 * was sent before it and comes after it does not bring the key back.
 */
export class ConflatedFeed {
  #known = new Map<string, Known>();

  restart(entries: readonly KeyedEntry[]): KeyedEntry[] {
    this.#known.clear();
    return this.merge(entries);
  }

  merge(entries: readonly KeyedEntry[]): KeyedEntry[] {
    return entries.filter((entry) => this.#take(entry));
  }

  #take([key, version, value]: KeyedEntry): boolean {
    const known = this.#known.get(key);
    const isGone = value === null;
    if (known) {
      // Going, and coming back unchanged, keep the version.
      const isNews = version > known.version || (version === known.version && isGone !== known.isGone);
      if (!isNews) return false;
    }
    this.#known.set(key, { version, isGone });
    return true;
  }
}
