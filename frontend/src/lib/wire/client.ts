/**
 * The socket client: one connection for every topic of the page, which comes back by itself and resumes where it was.
 * It knows the protocol and nothing of the product; the state classes listen to topics and own what they mean.
 */
import { mayReconnect, reconnectDelay } from "./backoff";
import { Delivery, type Schedule, type TopicListener } from "./delivery";
import { ConflatedFeed, SequencedFeed } from "./feeds";
import type {
  ClientFrame, ConflateMs, KeyedEntry, NoticeFrame, SequencedChange, ServerFrame, SubscribedFrame, TopicRequest, UpdateFrame, WelcomeFrame,
} from "./frames";

export type ConnectionState = "connecting" | "live" | "delayed" | "resyncing" | "offline" | "closed";

export interface WireEvents {
  state(state: ConnectionState): void;
  welcome(frame: WelcomeFrame): void;
  latency(roundTripMs: number): void;
  notice(frame: NoticeFrame): void;
  /** The server ended our session: whoever is signed in here no longer is. */
  sessionEnded(): void;
  refused(topic: string, code: string): void;
}

export interface WireOptions {
  url: () => string;
  events: WireEvents;
  openSocket?: (url: string) => WebSocket;
  schedule?: Schedule;
  random?: () => number;
}

export const DELAYED_AFTER_MS = 8_000;
export const LOST_AFTER_MS = 20_000;
const WATCH_EVERY_MS = 1_000;
const PING_EVERY_MS = 10_000;
const TOPICS_PER_FRAME = 20;
const SESSION_ENDED = 4401;
const OPEN = 1;

interface Subscription {
  listener: TopicListener;
  conflateMs: ConflateMs | undefined;
  sequenced: SequencedFeed;
  conflated: ConflatedFeed;
  isReady: boolean;
  isRefused: boolean;
}

export class WireClient {
  #socket: WebSocket | null = null;
  #state: ConnectionState = "connecting";
  #subscriptions = new Map<string, Subscription>();
  #delivery: Delivery;
  #requests = new Map<string, string[]>();
  #nextId = 1;
  #attempt = 0;
  #isWelcome = false;
  #heardAt = 0;
  #pingedAt = 0;
  #heardPong = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watchTimer: ReturnType<typeof setInterval> | undefined;
  #outbox = new Set<string>();

  constructor(private readonly options: WireOptions) {
    this.#delivery = new Delivery(options.schedule);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.#watchTimer ??= setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#open();
  }

  stop(): void {
    clearInterval(this.#watchTimer);
    this.#watchTimer = undefined;
    this.#leave();
    this.#setState("closed");
  }

  /** Opens a fresh connection: the cookie changed, so the server must look at us again. Private positions are forgotten. */
  restart(): void {
    this.#leave();
    this.#attempt = 0;
    for (const subscription of this.#subscriptions.values()) {
      subscription.sequenced.forget();
      subscription.isRefused = false;
    }
    this.#setState("connecting");
    this.#open();
  }

  /** Called when the network or the page comes back: an idle wait would only keep the person waiting. */
  hurry(): void {
    if (this.#socket || this.#state === "closed") return;
    this.#attempt = 0;
    this.#open();
  }

  subscribe(topic: string, listener: TopicListener, conflateMs?: ConflateMs): () => void {
    if (this.#subscriptions.has(topic)) throw new Error(`${topic} already has its listener`);
    const subscription: Subscription = {
      listener,
      conflateMs,
      sequenced: new SequencedFeed(),
      conflated: new ConflatedFeed(),
      isReady: false,
      isRefused: false,
    };
    this.#subscriptions.set(topic, subscription);
    this.#ask(topic);
    return () => this.#unsubscribe(topic, subscription);
  }

  #unsubscribe(topic: string, subscription: Subscription): void {
    if (this.#subscriptions.get(topic) !== subscription) return;
    this.#subscriptions.delete(topic);
    this.#delivery.drop(topic);
    if (this.#outbox.delete(topic)) return;
    if (this.#isWelcome) this.#send({ op: "unsubscribe", id: this.#takeId(), topics: [topic] });
    this.#settle();
  }

  /** Topics asked for in the same turn travel in one frame. */
  #ask(topic: string): void {
    if (!this.#isWelcome) return;
    if (this.#outbox.size === 0) queueMicrotask(() => this.#askAll());
    this.#outbox.add(topic);
  }

  #askAll(): void {
    const topics = [...this.#outbox];
    this.#outbox.clear();
    if (!this.#isWelcome) return;
    for (let start = 0; start < topics.length; start += TOPICS_PER_FRAME) {
      const requests = topics.slice(start, start + TOPICS_PER_FRAME).flatMap((topic) => this.#requestOf(topic));
      if (requests.length === 0) continue;
      const id = this.#takeId();
      this.#requests.set(id, requests.map((request) => request.topic));
      this.#send({ op: "subscribe", id, topics: requests });
    }
  }

  #requestOf(topic: string): TopicRequest[] {
    const subscription = this.#subscriptions.get(topic);
    if (!subscription) return [];
    const request: TopicRequest = { topic };
    if (subscription.conflateMs !== undefined) request.conflate_ms = subscription.conflateMs;
    const since = subscription.sequenced.since;
    if (since) request.since = since;
    return [request];
  }

  #open(): void {
    clearTimeout(this.#retryTimer);
    if (this.#socket) return;
    const socket = (this.options.openSocket ?? ((url) => new WebSocket(url)))(this.options.url());
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onopen = () => this.#send({ op: "hello", v: 1, lang: "en" });
    socket.onmessage = (message: MessageEvent) => {
      if (this.#socket === socket) this.#hear(JSON.parse(String(message.data)) as ServerFrame);
    };
    socket.onclose = (close: CloseEvent) => {
      if (this.#socket === socket) this.#lose(close.code);
    };
  }

  #leave(): void {
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#forgetSocket();
    socket?.close(1000);
  }

  #forgetSocket(): void {
    this.#socket = null;
    this.#isWelcome = false;
    this.#pingedAt = 0;
    this.#outbox.clear();
    this.#requests.clear();
    for (const subscription of this.#subscriptions.values()) subscription.isReady = false;
  }

  #lose(code: number, retryMs?: number): void {
    this.#forgetSocket();
    if (!mayReconnect(code)) {
      this.#setState("closed");
      return;
    }
    this.#setState("offline");
    if (code === SESSION_ENDED) this.options.events.sessionEnded();
    // A listener of sessionEnded may already have opened the next socket.
    if (this.#socket) return;
    const wait = retryMs ?? reconnectDelay(this.#attempt, this.options.random ?? Math.random);
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#open(), wait);
  }

  #watch(): void {
    if (!this.#socket) return;
    const silence = Date.now() - this.#heardAt;
    if (silence >= LOST_AFTER_MS) {
      const socket = this.#socket;
      this.#lose(1006);
      socket.close(1000);
      return;
    }
    if (!this.#isWelcome) return;
    if (silence >= DELAYED_AFTER_MS) this.#setState("delayed");
    if (this.#pingedAt === 0 && Date.now() - this.#heardPong >= PING_EVERY_MS) this.#ping();
  }

  #ping(): void {
    this.#pingedAt = Date.now();
    this.#send({ op: "ping", id: "ping" });
  }

  #hear(frame: ServerFrame): void {
    this.#heardAt = Date.now();
    if (this.#state === "delayed") {
      this.#setState("resyncing");
      this.#settle();
    }
    switch (frame.op) {
      case "welcome":
        return this.#enter(frame);
      case "subscribed":
        return this.#subscribed(frame);
      case "update":
        return this.#update(frame);
      case "resync":
        return this.#markStale(frame.topic);
      case "reply":
        return this.#replied(frame.ref, frame.error?.code);
      case "error":
        return this.#failed(frame.ref, frame.topic, frame.code);
      case "notice":
        return this.options.events.notice(frame);
      case "bye":
        return this.#bidden(frame.code, frame.reconnect, frame.retry_ms);
    }
  }

  #enter(frame: WelcomeFrame): void {
    this.#isWelcome = true;
    this.#attempt = 0;
    this.options.events.welcome(frame);
    for (const [topic, subscription] of this.#subscriptions) if (!subscription.isRefused) this.#outbox.add(topic);
    this.#setState(this.#state === "connecting" ? "connecting" : "resyncing");
    this.#askAll();
    this.#settle();
    this.#ping();
  }

  #subscribed(frame: SubscribedFrame): void {
    const subscription = this.#subscriptions.get(frame.topic);
    if (!subscription) return;
    if (frame.lane === "conflated") this.#takeEntries(frame, subscription);
    else if (frame.resumed) {
      if (!subscription.sequenced.resume(frame.pos)) return this.#restartTopic(frame.topic, subscription);
    } else {
      subscription.sequenced.restart(frame.pos);
      this.#delivery.push(frame.topic, subscription.listener, { kind: "image", image: frame.image });
    }
    if ((frame.segment ?? 0) === (frame.segments ?? 1) - 1) subscription.isReady = true;
    this.#settle();
  }

  #takeEntries(frame: SubscribedFrame, subscription: Subscription): void {
    const { entries } = frame.image as unknown as { entries: KeyedEntry[] };
    const isFirst = !frame.segment;
    const fresh = isFirst ? subscription.conflated.restart(entries) : subscription.conflated.merge(entries);
    this.#delivery.push(frame.topic, subscription.listener, { kind: "entries", entries: fresh, replace: isFirst });
  }

  #update(frame: UpdateFrame): void {
    const subscription = this.#subscriptions.get(frame.topic);
    if (!subscription) return;
    if (frame.pos.startsWith("v:")) {
      const entries = subscription.conflated.merge(frame.changes as KeyedEntry[]);
      if (entries.length > 0) this.#delivery.push(frame.topic, subscription.listener, { kind: "entries", entries, replace: false });
      return;
    }
    const outcome = subscription.sequenced.take(frame.pos, frame.changes as unknown as SequencedChange[]);
    for (const change of outcome.changes) this.#delivery.push(frame.topic, subscription.listener, { kind: "change", change });
    // Frames that arrive while an answer is awaited belong to the hole that the answer fills.
    if (outcome.hasGap && subscription.isReady) this.#restartTopic(frame.topic, subscription);
  }

  /** Asks again from the last position that is known to be whole; the server fills the gap or sends an image. */
  #restartTopic(topic: string, subscription: Subscription): void {
    subscription.isReady = false;
    this.#setState("resyncing");
    this.#send({ op: "unsubscribe", id: this.#takeId(), topics: [topic] });
    this.#ask(topic);
  }

  #markStale(topic: string): void {
    const subscription = this.#subscriptions.get(topic);
    if (!subscription) return;
    subscription.sequenced.forget();
    subscription.isReady = false;
    this.#setState("resyncing");
  }

  #replied(ref: string | number, errorCode: string | undefined): void {
    if (ref === "ping") {
      this.#heardPong = Date.now();
      if (this.#pingedAt > 0) this.options.events.latency(this.#heardPong - this.#pingedAt);
      this.#pingedAt = 0;
      return;
    }
    if (errorCode) this.#failed(ref, undefined, errorCode);
    else this.#requests.delete(String(ref));
  }

  #failed(ref: string | number | null | undefined, topic: string | null | undefined, code: string): void {
    const topics = topic ? [topic] : (this.#requests.get(String(ref)) ?? []);
    for (const name of topics) {
      const subscription = this.#subscriptions.get(name);
      if (!subscription || subscription.isReady) continue;
      subscription.isRefused = true;
      this.options.events.refused(name, code);
    }
    this.#settle();
  }

  #bidden(code: number, reconnect: boolean, retryMs: number): void {
    const socket = this.#socket;
    this.#lose(reconnect || code === SESSION_ENDED ? code : 4403, retryMs);
    socket?.close(1000);
  }

  #settle(): void {
    if (!this.#isWelcome || this.#state === "delayed") return;
    const isWhole = [...this.#subscriptions.values()].every((each) => each.isReady || each.isRefused);
    if (isWhole) this.#setState("live");
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.events.state(state);
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #takeId(): string {
    return String(this.#nextId++);
  }
}
