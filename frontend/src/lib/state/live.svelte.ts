/** The page's one socket, what state it is in, and topics shared by everything that shows them. */
import { SvelteMap } from "svelte/reactivity";
import {
  CloseCode, followPage, onAnimationFrame, TouchlineClient,
  type ConflateMs, type ConnectionState, type EphemeralPattern, type Latency, type NoticeFrame, type Standing, type TopicListener, type TopicName, type WelcomeFrame,
} from "touchline-client";

/** A topic outlives its last viewer by this much, so that going back and forth does not ask again. */
const LINGER_MS = 3_000;

interface Held {
  viewers: number;
  end: () => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Hook = () => void;

class LiveConnection {
  state = $state<ConnectionState>("connecting");
  /** Why the last connection ended. */
  lossCode = $state(0);
  /** Topics that were refused, with the reason, for pages that must say "not allowed". */
  refused = $state.raw<Record<string, string>>({});
  /** What the operators want everybody to know now. */
  notices = $state.raw<NoticeFrame[]>([]);
  onSessionEnded: Hook = () => {};
  onWelcome: (frame: WelcomeFrame) => void = () => {};

  #standings = new SvelteMap<string, Standing>();
  #held = new Map<string, Held>();
  #client = new TouchlineClient({
    url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1/`,
    lang: "en",
    schedule: onAnimationFrame,
  });

  constructor() {
    this.#client.on("state", (state) => (this.state = state));
    this.#client.on("loss", (loss) => (this.lossCode = loss.code));
    this.#client.on("welcome", (frame) => this.onWelcome(frame));
    this.#client.on("notice", (frame) => this.#notice(frame));
    this.#client.on("sessionEnded", () => this.onSessionEnded());
    this.#client.on("topic", ({ topic, standing, refusal }) => {
      this.#standings.set(topic, standing);
      this.#refuse(topic, refusal?.code);
    });
  }

  /** What is shown may be acted on: it is what the server says now. */
  get isTrusted(): boolean {
    return this.state === "live";
  }

  get isLocked(): boolean {
    return this.state === "offline" || this.state === "closed";
  }

  /** The person has excluded themselves: nothing is live, while what stands can be read and cashed out. */
  get isExcluded(): boolean {
    return this.state === "closed" && this.lossCode === CloseCode.selfExcluded;
  }

  /** Added to this machine's clock it gives the server's. */
  get clockOffsetMs(): number {
    return this.#client.latency.clockOffsetMs;
  }

  /** Whether what this topic brought is what the server says now; also false while its first image is on the way. */
  isCurrent(topic: string): boolean {
    return this.isTrusted && this.#standings.get(topic) === "current";
  }

  /** As measured last; it is read when somebody looks, since it changes with every update. */
  readLatency(): Latency {
    return this.#client.latency;
  }

  start(): void {
    this.#client.open();
    followPage(this.#client);
  }

  /** The person behind the cookie changed. */
  reconnect(): void {
    this.#client.restart();
  }

  /** Says that this person is typing there; nothing comes back, and what is too often is left out. */
  typing(topic: TopicName<EphemeralPattern>): void {
    this.#client.typing(topic);
  }

  /** Hears a topic for as long as somebody holds it. The first holder's listener serves all: state classes are shared. */
  hold<const Name extends TopicName>(topic: Name, listener: TopicListener<Name>, conflateMs?: ConflateMs): () => void {
    let held = this.#held.get(topic);
    if (!held) {
      const subscription = this.#client.subscribe(topic, listener, { conflateMs });
      this.#held.set(topic, (held = { viewers: 0, end: () => subscription.end(), timer: undefined }));
    }
    held.viewers += 1;
    clearTimeout(held.timer);
    const mine = held;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      mine.viewers -= 1;
      if (mine.viewers === 0) mine.timer = setTimeout(() => this.#end(topic, mine), LINGER_MS);
    };
  }

  /** Ends a topic at once: a private stream must not outlive its person. */
  end(topic: string): void {
    const held = this.#held.get(topic);
    if (held) this.#end(topic, held);
  }

  #end(topic: string, held: Held): void {
    clearTimeout(held.timer);
    if (this.#held.get(topic) !== held) return;
    this.#held.delete(topic);
    held.end();
    this.#standings.delete(topic);
    this.#refuse(topic, undefined);
  }

  #refuse(topic: string, code: string | undefined): void {
    if (this.refused[topic] === code) return;
    const { [topic]: _before, ...rest } = this.refused;
    this.refused = code === undefined ? rest : { ...rest, [topic]: code };
  }

  #notice(frame: NoticeFrame): void {
    const others = this.notices.filter((known) => known.id !== frame.id);
    this.notices = frame.is_active ? [...others, frame] : others;
  }
}

export const live = new LiveConnection();
