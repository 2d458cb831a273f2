/**
 * The socket client: one connection for every topic and command, which comes back by itself and resumes where it was.
 * It knows the protocol and nothing of the product; listeners own what a topic means.
 */
import { CloseCode } from "./backoff.js";
import { Delivery, immediately, type Schedule } from "./delivery.js";
import { Emitter } from "./emitter.js";
import { NotConnected, type TopicRefused } from "./errors.js";
import type { CallMap, ConflateMs, ErrorFrame, NoticeFrame, ReplyFrame, ServerFrame, SocketLimits, SocketPerson, WelcomeFrame } from "./frames.js";
import { newKey } from "./keys.js";
import { LatencyMeter, type Latency } from "./latency.js";
import { Link, type LinkOptions, type Loss } from "./link.js";
import { Requests } from "./requests.js";
import { TopicBook, type Standing } from "./topic_book.js";
import type { AnyTopicListener, EphemeralPattern, FieldOf, TopicListener, TopicName } from "./topic_types.js";

/**
 * `live`: all that is heard is up to date. `delayed`: the server has been silent for longer than it promised, what it says
 * takes seconds to get here, or it says that it is behind itself. `resyncing`: connected again or something was lost, and it
 * is being caught up. `offline`: no connection; the next attempt is coming. `closed`: by us, or for good by the server. Only
 * `live` may be shown as live.
 */
export type ConnectionState = "connecting" | "live" | "delayed" | "resyncing" | "offline" | "closed";

export interface ClientOptions extends LinkOptions {
  /** When listeners are called: at once (default), or for example `onAnimationFrame`. */
  schedule?: Schedule | undefined;
}

export interface ClientEvents {
  state: ConnectionState;
  welcome: WelcomeFrame;
  latency: Latency;
  /** What the operators want everybody to know; `is_active: false` takes it away. */
  notice: NoticeFrame;
  topic: { topic: string; standing: Standing; refusal: TopicRefused | null };
  /** The connection ended. */
  loss: Loss;
  /** The server ended our session: whoever was signed in here no longer is. */
  sessionEnded: null;
  /** A refusal that answers nothing in particular. */
  refusal: ErrorFrame;
}

export interface SubscribeOptions {
  /** The pace of a conflated topic in milliseconds; the server's default is 50. */
  conflateMs?: ConflateMs | undefined;
}

export interface FieldOptions<Field extends string> extends SubscribeOptions {
  /** Only these members of a conflated topic's values. */
  fields: readonly Field[];
}

export interface Subscription {
  readonly topic: string;
  /** Done when the listener has had all there was at the start; rejects with TopicRefused, or Closed if it was ended before. */
  readonly ready: Promise<void>;
  end(): void;
}

export interface CallOptions {
  /** The same key with the same arguments is carried out once, however often it is sent. A new one if left out. */
  key?: string | undefined;
  /** Wait for a connection, and repeat with the same key after a lost one, until the time limit. */
  repeat?: boolean | undefined;
  timeoutMs?: number | undefined;
}

const CALL_TIMEOUT_MS = 15_000;
const PING_EVERY_MS = 5_000;
/** A connection begins with a few quick ones, to know the server's clock before its numbers are shown. */
const FIRST_PING_EVERY_MS = 1_000;
const FIRST_PINGS = 3;
/** Answers stand in line behind updates, so a ping that waits this long says that updates are as old. */
const LATE_AFTER_MS = 4_000;
/** What is that far behind is dropped: a new connection begins with what is true now. */
const HOPELESS_AFTER_MS = 20_000;

export class TouchlineClient {
  #state: ConnectionState = "closed";
  #hasBeenLive = false;
  #limits: SocketLimits | null = null;
  #user: SocketPerson | null = null;
  #lastId = 0;
  #pingId: number | null = null;
  #pingedAt = 0;
  #isLate = false;
  /** The server says itself that it does not know the newest state. */
  #isServerLate = false;
  #typedAt = new Map<string, number>();
  #emitter = new Emitter<ClientEvents>();
  #meter = new LatencyMeter();
  #link: Link;
  #book: TopicBook;
  #requests: Requests;
  readonly #now: () => number;

  constructor(private readonly options: ClientOptions) {
    const now = (this.#now = options.now ?? Date.now);
    const random = options.random ?? Math.random;
    const delivery = new Delivery(options.schedule ?? immediately, (publishedAtMs) => this.#meter.noteShown(publishedAtMs, now()));
    this.#link = new Link(options, {
      onWelcome: (frame) => this.#enter(frame),
      onFrame: (frame) => this.#hear(frame),
      onLoss: (loss) => this.#lose(loss),
      onChange: () => this.#refresh(),
      onTick: () => this.#tick(),
    });
    const link = this.#link;
    const takeId = (): number => (this.#lastId += 1);
    const send = link.send.bind(link);
    this.#requests = new Requests({ get isOpen() { return link.phase === "open"; }, takeId, send });
    const isLive = (): boolean => this.#state === "live";
    this.#book = new TopicBook({
      get isOpen() { return link.phase === "open"; },
      get isLive() { return isLive(); },
      now,
      random,
      takeId,
      send,
      deliver: delivery.push.bind(delivery),
      drop: delivery.drop.bind(delivery),
      afterDelivery: delivery.afterwards.bind(delivery),
      onStanding: (topic, standing, refusal) => this.#emitter.emit("topic", { topic, standing, refusal }),
      onChange: () => this.#refresh(),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Who the server takes us for; null for a visitor. */
  get user(): SocketPerson | null {
    return this.#user;
  }

  /** What the server enforces, from the last welcome. */
  get limits(): SocketLimits | null {
    return this.#limits;
  }

  get latency(): Latency {
    return this.#meter.latency;
  }

  /** Returns what ends the listening. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (content: ClientEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  open(): void {
    this.#link.open();
  }

  /** Ends the connection. Subscriptions are kept for another `open`; calls under way end with an unknown outcome. */
  close(): void {
    this.#link.close();
    this.#forgetConnection();
    this.#giveUp();
  }

  /** Another connection at once, as another person perhaps: positions of private topics are forgotten. */
  restart(): void {
    this.#hasBeenLive = false;
    this.#forgetConnection();
    this.#book.forgetPositions();
    this.#requests.abandon();
    this.#link.restart();
  }

  /** The network or the page came back: try now instead of waiting, and find out whether the connection still stands. */
  hurry(): void {
    this.#link.hurry();
    this.#ping();
  }

  /** Hears a topic until the subscription is ended, across connections. A topic has one listener. */
  subscribe<const Name extends TopicName, const Field extends FieldOf<Name>>(
    topic: Name,
    listener: TopicListener<Name, Field>,
    options: FieldOptions<Field>,
  ): Subscription;
  subscribe<const Name extends TopicName>(topic: Name, listener: TopicListener<Name>, options?: SubscribeOptions): Subscription;
  subscribe(topic: string, listener: unknown, options: SubscribeOptions & Partial<FieldOptions<string>> = {}): Subscription {
    const entry = this.#book.add(topic, listener as AnyTopicListener, options);
    return { topic, ready: entry.ready, end: () => this.#book.remove(entry) };
  }

  /** Whether a topic is up to date now; null if nobody listens to it. */
  standingOf(topic: string): Standing | null {
    return this.#book.standingOf(topic);
  }

  /**
   * Runs a command. Rejects with CallRefused if the server says no, OutcomeUnknown if no answer came (repeat it with
   * `error.key`), NotConnected if it was never sent.
   */
  async call<Name extends keyof CallMap>(name: Name, args: CallMap[Name]["args"], options: CallOptions = {}): Promise<CallMap[Name]["reply"]> {
    const key = options.key ?? newKey();
    const ok = await this.#requests.ask({
      name,
      key,
      frame: (id) => ({ op: "call", id, name, key, args: args as Record<string, unknown> }),
      repeats: options.repeat ?? false,
      timeoutMs: options.timeoutMs ?? CALL_TIMEOUT_MS,
      isCall: true,
    });
    return ok as CallMap[Name]["reply"];
  }

  /** Proves again, in place, whose socket this is; with a ticket at hand, or one from `getTicket`. Resolves to the person. */
  async renew(ticket?: string): Promise<SocketPerson> {
    const proof = ticket ?? (await this.options.getTicket?.());
    if (!proof) throw new NotConnected();
    const ok = await this.#requests.ask({
      name: "auth",
      key: "",
      frame: (id) => ({ op: "auth", id, ticket: proof }),
      repeats: false,
      timeoutMs: CALL_TIMEOUT_MS,
      isCall: false,
    });
    const { user } = ok as { user: SocketPerson };
    this.#user = user;
    this.#book.askRefusedAgain();
    return user;
  }

  /** Says that we are typing there. May be called with every key press: what is too much is left out. Nothing comes back. */
  typing(topic: TopicName<EphemeralPattern>): void {
    const now = this.#now();
    if (!this.#limits || !this.#link.isFree || now - (this.#typedAt.get(topic) ?? -Infinity) < this.#limits.typing_every_ms) return;
    this.#typedAt.set(topic, now);
    this.#link.send({ op: "typing", topic });
  }

  #enter(frame: WelcomeFrame): void {
    const wasSomebodyElse = this.#user !== null && this.#user.id !== frame.user?.id;
    if (wasSomebodyElse) {
      this.#book.forgetPositions();
      this.#requests.abandon();
    }
    this.#user = frame.user;
    this.#limits = frame.limits;
    this.#meter.begin(frame.server_time, this.#now());
    this.#emitter.emit("welcome", frame);
    this.#book.welcome();
    this.#requests.welcome(frame.limits);
    this.#ping();
  }

  #hear(frame: ServerFrame): void {
    switch (frame.op) {
      case "subscribed":
        return this.#book.subscribed(frame);
      case "update":
        return this.#book.update(frame);
      case "resync":
        return this.#book.resync(frame);
      case "reply":
        return this.#replied(frame);
      case "error":
        return this.#refused(frame);
      case "heartbeat":
        this.#isServerLate = frame.delayed === true;
        return this.#refresh();
      case "notice":
        return this.#emitter.emit("notice", frame);
    }
  }

  #refused(frame: ErrorFrame): void {
    if (this.#requests.fail(frame) || this.#book.fail(frame)) return;
    // It may have been the ping that was too much; then no answer to it comes.
    this.#pingId = null;
    this.#emitter.emit("refusal", frame);
  }

  #replied(frame: ReplyFrame): void {
    if (frame.ref !== this.#pingId) {
      this.#requests.reply(frame);
      return;
    }
    const now = this.#now();
    this.#pingId = null;
    this.#meter.pong(frame.ok?.t, now);
    this.#setLate(now - this.#pingedAt >= LATE_AFTER_MS);
    this.#emitter.emit("latency", this.latency);
  }

  #lose(loss: Loss): void {
    this.#forgetConnection();
    if (loss.retryMs === null) this.#giveUp();
    this.#emitter.emit("loss", loss);
    if (loss.code === CloseCode.sessionEnded) this.#emitter.emit("sessionEnded", null);
  }

  #forgetConnection(): void {
    this.#pingId = null;
    this.#isLate = this.#isServerLate = false;
    this.#meter.end();
    this.#typedAt.clear();
    this.#book.lose();
    this.#requests.lose();
  }

  /** Nobody comes back by itself: who waits must hear of it. */
  #giveUp(): void {
    this.#hasBeenLive = false;
    this.#requests.abandon();
    this.#book.close();
  }

  #tick(): void {
    this.#book.tick();
    const waitedMs = this.#now() - this.#pingedAt;
    if (this.#pingId === null) {
      if (waitedMs >= (this.#meter.sampleCount < FIRST_PINGS ? FIRST_PING_EVERY_MS : PING_EVERY_MS)) this.#ping();
    } else if (waitedMs >= HOPELESS_AFTER_MS) this.#link.drop();
    else if (waitedMs >= LATE_AFTER_MS) this.#setLate(true);
  }

  #setLate(isLate: boolean): void {
    this.#isLate = isLate;
    this.#refresh();
  }

  /** One at a time, and only when it would leave at once: in a queue it would measure the queue. */
  #ping(): void {
    if (this.#pingId !== null || !this.#link.isFree) return;
    this.#pingId = this.#lastId += 1;
    this.#pingedAt = this.#now();
    this.#meter.ping(this.#pingedAt);
    this.#link.send({ op: "ping", id: this.#pingId });
  }

  #refresh(): void {
    const state = this.#deriveState();
    if (state === "live") this.#hasBeenLive = true;
    if (state === this.#state) return;
    this.#state = state;
    this.#emitter.emit("state", state);
  }

  #deriveState(): ConnectionState {
    const { phase, isSilent } = this.#link;
    if (phase === "idle" || phase === "closed") return "closed";
    if (phase !== "open") return phase;
    if (isSilent || this.#isLate || this.#isServerLate) return "delayed";
    if (this.#book.isWhole) return "live";
    return this.#hasBeenLive ? "resyncing" : "connecting";
  }
}
