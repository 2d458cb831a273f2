/**
 * Every topic that somebody listens to: asks for them, asks again where an answer is missing or something was lost, and
 * knows which of them are up to date.
 */
import { reconnectDelay } from "./backoff.js";
import { Closed, TopicRefused } from "./errors.js";
import type { ClientFrame, ConflateMs, ErrorFrame, ResyncFrame, SubscribedFrame, TopicRequest, UpdateFrame } from "./frames.js";
import { Topic, type Step } from "./topic.js";
import type { AnyTopicEvent, AnyTopicListener } from "./topic_types.js";

/** `awaited`: asked for, or being caught up. `current`: what was heard is what the server knows. `refused`: not to be had. */
export type Standing = "awaited" | "current" | "refused";

export interface TopicOptions {
  conflateMs?: ConflateMs | undefined;
  fields?: readonly string[] | undefined;
}

/** What the book needs from its client. */
export interface BookDesk {
  readonly isOpen: boolean;
  readonly isLive: boolean;
  now(): number;
  random(): number;
  takeId(): number;
  send(frame: ClientFrame): void;
  deliver(topic: string, listener: AnyTopicListener, event: AnyTopicEvent, publishedAtMs: number | null): void;
  drop(topic: string): void;
  afterDelivery(task: () => void): void;
  onStanding(topic: string, standing: Standing, refusal: TopicRefused | null): void;
  /** Whether everything is current may have changed. */
  onChange(): void;
}

/** Frames are kept below the server's 16 KiB with room to spare. */
const REQUEST_BYTES = 8_000;
const TOPICS_PER_FRAME = 20;
/** A subscribe that is not answered by then was lost, for example to the server's limit on frames. */
const ANSWER_WITHIN_MS = 10_000;

export class Entry {
  readonly topic = new Topic();
  standing: Standing = "awaited";
  requestId: number | null = null;
  /** When the last request was sent or progress was seen; null while none is under way. */
  askedAt: number | null = null;
  retryAt: number | null = null;
  retries = 0;
  /** Where the last gap was; a second one at the same place means that resuming does not help. */
  gapAt: string | null = null;
  /** Asked for while all was live: it does not make the rest of the page old. */
  isNewcomer = false;
  readonly ready: Promise<void>;
  settleReady!: (refusal: Error | null) => void;

  constructor(
    readonly name: string,
    readonly listener: AnyTopicListener,
    readonly options: TopicOptions,
  ) {
    this.ready = new Promise((resolve, reject) => (this.settleReady = (refusal) => (refusal ? reject(refusal) : resolve())));
    // Whoever does not wait for it has no use for its failure.
    this.ready.catch(() => undefined);
  }

  get request(): TopicRequest {
    const request: TopicRequest = { topic: this.name };
    if (this.options.conflateMs !== undefined) request.conflate_ms = this.options.conflateMs;
    if (this.options.fields !== undefined) request.fields = [...this.options.fields];
    const { since } = this.topic;
    if (since !== undefined) request.since = since;
    return request;
  }
}

export class TopicBook {
  #entries = new Map<string, Entry>();
  #outbox = new Set<Entry>();

  constructor(private readonly desk: BookDesk) {}

  /** Whether everything that is shown is current; what was refused, and what nobody has seen yet, is not shown. */
  get isWhole(): boolean {
    return [...this.#entries.values()].every((entry) => entry.standing !== "awaited" || entry.isNewcomer);
  }

  standingOf(name: string): Standing | null {
    return this.#entries.get(name)?.standing ?? null;
  }

  add(name: string, listener: AnyTopicListener, options: TopicOptions): Entry {
    if (this.#entries.has(name)) throw new Error(`${name} already has its listener`);
    const entry = new Entry(name, listener, options);
    entry.isNewcomer = this.desk.isLive;
    this.#entries.set(name, entry);
    this.#ask(entry);
    return entry;
  }

  remove(entry: Entry): void {
    if (this.#entries.get(entry.name) !== entry) return;
    this.#entries.delete(entry.name);
    this.desk.drop(entry.name);
    entry.settleReady(new Closed());
    const wasAsked = entry.requestId !== null && !this.#outbox.delete(entry);
    if (wasAsked && entry.standing !== "refused" && this.desk.isOpen) this.desk.send({ op: "unsubscribe", id: this.desk.takeId(), topics: [entry.name] });
    this.desk.onChange();
  }

  /** A connection began: ask for everything, what was refused before included, for the reason may be gone. */
  welcome(): void {
    for (const entry of this.#entries.values()) {
      entry.isNewcomer = false;
      entry.retries = 0;
      this.#ask(entry);
    }
    this.#askAll();
  }

  /** The connection is gone. */
  lose(): void {
    this.#outbox.clear();
    for (const entry of this.#entries.values()) {
      entry.requestId = entry.askedAt = entry.retryAt = null;
      entry.topic.await();
      this.#stand(entry, "awaited");
    }
  }

  /** Somebody else may be signed in: their streams are no continuation of ours. */
  forgetPositions(): void {
    for (const entry of this.#entries.values()) entry.topic.forget();
  }

  askRefusedAgain(): void {
    for (const entry of this.#entries.values()) if (entry.standing === "refused") this.#ask(entry);
  }

  subscribed(frame: SubscribedFrame): void {
    const entry = this.#entries.get(frame.topic);
    // The answer to a question we have asked anew since; the newer answer follows. Without `ref` it is the server's own idea.
    if (!entry || entry.requestId === null || (frame.ref !== undefined && frame.ref !== null && frame.ref !== entry.requestId)) return;
    this.#apply(entry, entry.topic.start(frame), null);
  }

  update(frame: UpdateFrame): void {
    const entry = this.#entries.get(frame.topic);
    if (entry) this.#apply(entry, entry.topic.update(frame), frame.pt);
  }

  /** History was lost; the image that begins another one follows unasked. */
  resync(frame: ResyncFrame): void {
    const entry = this.#entries.get(frame.topic);
    if (!entry || entry.requestId === null) return;
    entry.topic.forget();
    entry.topic.await();
    entry.isNewcomer = false;
    entry.askedAt = this.desk.now();
    this.#stand(entry, "awaited");
  }

  /** A refusal of one topic, or of all that one request asked for. False if it is about none of ours. */
  fail(frame: ErrorFrame): boolean {
    const refused = frame.topic ? this.#ofTopic(frame.topic, frame.ref) : this.#ofRequest(frame.ref);
    for (const entry of refused) {
      entry.askedAt = null;
      entry.topic.await();
      if (frame.retryable) this.#askLater(entry, frame.retry_after_ms ?? null);
      else this.#stand(entry, "refused", new TopicRefused(entry.name, frame));
    }
    return refused.length > 0 || Boolean(frame.topic);
  }

  tick(): void {
    const now = this.desk.now();
    if (!this.desk.isOpen) return;
    for (const entry of this.#entries.values()) {
      const isUnanswered = entry.askedAt !== null && now - entry.askedAt >= ANSWER_WITHIN_MS;
      const isDue = entry.retryAt !== null && now >= entry.retryAt;
      if (isUnanswered || isDue) this.#ask(entry);
    }
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.settleReady(new Closed());
  }

  #ofTopic(name: string, ref: ErrorFrame["ref"]): Entry[] {
    const entry = this.#entries.get(name);
    if (!entry || entry.requestId === null) return [];
    return ref === undefined || ref === null || ref === entry.requestId ? [entry] : [];
  }

  #ofRequest(ref: ErrorFrame["ref"]): Entry[] {
    return typeof ref === "number" ? [...this.#entries.values()].filter((entry) => entry.requestId === ref && entry.askedAt !== null) : [];
  }

  #apply(entry: Entry, outcome: Step, publishedAtMs: number | null): void {
    for (const event of outcome.events) this.desk.deliver(entry.name, entry.listener, event, publishedAtMs);
    if (this.#entries.get(entry.name) !== entry) return; // its own listener ended it
    if (outcome.isBroken) this.#repair(entry);
    else if (outcome.isCurrent) {
      entry.askedAt = null;
      entry.retries = 0;
      this.#stand(entry, "current");
    } else if (entry.askedAt !== null) entry.askedAt = this.desk.now();
  }

  /** Asks again from the last position that is known to be whole; the server fills the gap or sends an image. */
  #repair(entry: Entry): void {
    const since = entry.topic.since ?? null;
    if (since !== null && since === entry.gapAt) entry.topic.forget();
    entry.gapAt = since;
    entry.isNewcomer = false;
    entry.topic.await();
    this.#stand(entry, "awaited");
    // Without a position the next answer would be the same kind of image; a server that sends broken ones is not pressed.
    if (since === null) this.#askLater(entry, null);
    else this.#ask(entry);
  }

  #askLater(entry: Entry, waitMs: number | null): void {
    entry.askedAt = null;
    entry.retryAt = this.desk.now() + Math.max(waitMs ?? 0, reconnectDelay(entry.retries, () => this.desk.random()));
    entry.retries += 1;
    entry.isNewcomer = false;
    this.#stand(entry, "awaited");
  }

  /** Topics asked for in the same turn travel together. */
  #ask(entry: Entry): void {
    if (!this.desk.isOpen) return;
    entry.askedAt = entry.retryAt = null;
    if (this.#outbox.size === 0) queueMicrotask(() => this.#askAll());
    this.#outbox.add(entry);
  }

  #askAll(): void {
    const due = [...this.#outbox];
    this.#outbox.clear();
    if (!this.desk.isOpen) return;
    for (let batch: Entry[] = []; due.length > 0; batch = []) {
      let bytes = 0;
      while (due.length > 0 && batch.length < TOPICS_PER_FRAME) {
        bytes += JSON.stringify(due[0]!.request).length;
        if (batch.length > 0 && bytes > REQUEST_BYTES) break;
        batch.push(due.shift()!);
      }
      this.#send(batch);
    }
  }

  #send(batch: readonly Entry[]): void {
    const id = this.desk.takeId();
    for (const entry of batch) {
      entry.requestId = id;
      entry.askedAt = this.desk.now();
      entry.topic.await();
      this.#stand(entry, "awaited");
    }
    this.desk.send({ op: "subscribe", id, topics: batch.map((entry) => entry.request) });
  }

  #stand(entry: Entry, standing: Standing, refusal: TopicRefused | null = null): void {
    if (standing !== "awaited") this.desk.afterDelivery(() => entry.settleReady(refusal));
    if (entry.standing === standing) return;
    entry.standing = standing;
    this.desk.onStanding(entry.name, standing, refusal);
    this.desk.onChange();
  }
}
