/**
 * The client rule of each lane as plain state machines: what a topic knows, and what a frame adds to it.
 * They never touch the socket, so every order of frames can be tried in a test.
 */
import type { KeyedEntry, SequencedChange } from "./frames";

export interface Position {
  epoch: string;
  seq: number;
}

export function parsePosition(text: string): Position {
  const split = text.lastIndexOf(":");
  const seq = Number(text.slice(split + 1));
  if (split < 1 || !Number.isSafeInteger(seq)) throw new Error(`not a position: ${text}`);
  return { epoch: text.slice(0, split), seq };
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

  restart(position: string): void {
    this.#position = parsePosition(position);
  }

  /** The server resumes from what we know, so our own position stands, unless it speaks of another history. */
  resume(position: string): boolean {
    return this.#position !== null && parsePosition(position).epoch === this.#position.epoch;
  }

  forget(): void {
    this.#position = null;
  }

  take(position: string, changes: readonly SequencedChange[]): SequencedOutcome {
    const known = this.#position;
    if (known === null || parsePosition(position).epoch !== known.epoch) return { changes: [], hasGap: true };
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

/** The last value of each key; a version that is not newer changes nothing. A null value says that the key is gone. */
export class ConflatedFeed {
  #versions = new Map<string, number>();

  restart(entries: readonly KeyedEntry[]): KeyedEntry[] {
    this.#versions.clear();
    return this.merge(entries);
  }

  merge(entries: readonly KeyedEntry[]): KeyedEntry[] {
    const fresh: KeyedEntry[] = [];
    for (const entry of entries) {
      const [key, version] = entry;
      if (entry[2] === null) {
        this.#versions.delete(key);
        fresh.push(entry);
        continue;
      }
      const known = this.#versions.get(key);
      if (known !== undefined && version <= known) continue;
      this.#versions.set(key, version);
      fresh.push(entry);
    }
    return fresh;
  }
}
