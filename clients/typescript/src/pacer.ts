/** Keeps what we send within the server's limit on frames: a burst goes out at once, the rest as fast as is allowed. */

/** Nothing says how the network bunches frames, so we use half of the burst and most of the rate. */
const BURST_SHARE = 0.5;
const RATE_SHARE = 0.9;

export interface PaceLimits {
  frames_per_s: number;
  burst: number;
}

export class Pacer {
  #tokens = 0;
  #capacity = 1;
  #perMs = 0;
  #filledAt = 0;
  #queue: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => number,
  ) {}

  /** A new connection, with nothing sent yet. */
  begin(limits: PaceLimits): void {
    this.end();
    this.#capacity = Math.max(1, Math.floor(limits.burst * BURST_SHARE));
    this.#tokens = this.#capacity;
    this.#perMs = (limits.frames_per_s * RATE_SHARE) / 1_000;
    this.#filledAt = this.now();
  }

  /** Whether a frame would leave now, and not after others. */
  get isFree(): boolean {
    this.#fill();
    return this.#queue.length === 0 && this.#tokens >= 1;
  }

  send(text: string): void {
    this.#queue.push(text);
    this.#drain();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
  }

  #drain(): void {
    this.#fill();
    while (this.#queue.length > 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      this.write(this.#queue.shift()!);
    }
    if (this.#queue.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#drain();
      },
      Math.ceil((1 - this.#tokens) / this.#perMs),
    );
  }

  #fill(): void {
    const now = this.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
