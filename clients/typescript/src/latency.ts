/** How far away the server is: the round trip of pings, the difference between the clocks, and how old updates were when shown. */
export interface Latency {
  /** Milliseconds from the last ping to its answer; null before the first. */
  roundTripMs: number | null;
  /** Added to this machine's clock it gives the server's. */
  clockOffsetMs: number;
  /** Milliseconds from the publication of the last update to its delivery, by the server's clock; null before the first. */
  updateAgeMs: number | null;
}

/** The quickest of this many pings tells the clocks apart best: what delayed the others is not the clocks' doing. */
const SAMPLES = 8;

interface Sample {
  roundTripMs: number;
  offsetMs: number;
}

export class LatencyMeter {
  #samples: Sample[] = [];
  #pingedAt: number | null = null;
  #latency: Latency = { roundTripMs: null, clockOffsetMs: 0, updateAgeMs: null };

  get latency(): Latency {
    return this.#latency;
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  /** A connection begins, perhaps to another server with another clock. */
  begin(serverTime: string, now: number): void {
    this.end();
    const serverMs = Date.parse(serverTime);
    if (Number.isFinite(serverMs)) this.#latency = { ...this.#latency, clockOffsetMs: serverMs - now };
  }

  end(): void {
    this.#samples = [];
    this.#pingedAt = null;
  }

  ping(now: number): void {
    this.#pingedAt = now;
  }

  pong(serverMs: unknown, now: number): void {
    if (this.#pingedAt === null) return;
    const roundTripMs = Math.max(0, now - this.#pingedAt);
    this.#pingedAt = null;
    if (typeof serverMs === "number") {
      const offsetMs = serverMs - (now - roundTripMs / 2);
      this.#samples = [...this.#samples, { roundTripMs, offsetMs }].slice(-SAMPLES);
    }
    const best = this.#samples.reduce<Sample | null>((one, other) => (one && one.roundTripMs <= other.roundTripMs ? one : other), null);
    this.#latency = { ...this.#latency, roundTripMs, clockOffsetMs: best?.offsetMs ?? this.#latency.clockOffsetMs };
  }

  /** An update that was published at `publishedAtMs` has just been handed over. */
  noteShown(publishedAtMs: number, now: number): void {
    this.#latency = { ...this.#latency, updateAgeMs: Math.max(0, now + this.#latency.clockOffsetMs - publishedAtMs) };
  }
}
