/** The page's one socket, what state it is in, and topics shared by everything that shows them. */
import { WireClient, type ConnectionState } from "$lib/wire/client";
import type { TopicListener } from "$lib/wire/delivery";
import type { ConflateMs, NoticeFrame, WelcomeFrame } from "$lib/wire/frames";

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
  latencyMs = $state<number | null>(null);
  /** Topics that were refused, with the reason, for pages that must say "not allowed". */
  refused = $state.raw<Record<string, string>>({});
  /** What the operators want everybody to know now. */
  notices = $state.raw<NoticeFrame[]>([]);
  /** Added to this machine's clock it gives the server's. */
  clockOffsetMs = 0;
  onSessionEnded: Hook = () => {};
  onWelcome: (frame: WelcomeFrame) => void = () => {};

  #held = new Map<string, Held>();
  #wire = new WireClient({
    url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/v1/`,
    events: {
      state: (state) => (this.state = state),
      latency: (roundTripMs) => (this.latencyMs = roundTripMs),
      welcome: (frame) => {
        this.clockOffsetMs = Date.parse(frame.server_time) - Date.now();
        this.onWelcome(frame);
      },
      notice: (frame) => {
        const others = this.notices.filter((known) => known.id !== frame.id);
        this.notices = frame.is_active ? [...others, frame] : others;
      },
      sessionEnded: () => this.onSessionEnded(),
      refused: (topic, code) => (this.refused = { ...this.refused, [topic]: code }),
    },
  });

  /** Prices may be acted on: what is shown is what the server says now. */
  get isTrusted(): boolean {
    return this.state === "live";
  }

  get isLocked(): boolean {
    return this.state === "offline" || this.state === "closed";
  }

  start(): void {
    this.#wire.start();
    addEventListener("online", () => this.#wire.hurry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#wire.hurry();
    });
    addEventListener("pagehide", () => this.#wire.stop());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#wire.start();
    });
  }

  /** The person behind the cookie changed. */
  reconnect(): void {
    this.#wire.restart();
  }

  /** Hears a topic for as long as somebody holds it. The first holder's listener serves all: state classes are shared. */
  hold(topic: string, listener: TopicListener, conflateMs?: ConflateMs): () => void {
    let held = this.#held.get(topic);
    if (!held) this.#held.set(topic, (held = { viewers: 0, end: this.#wire.subscribe(topic, listener, conflateMs), timer: undefined }));
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
    const { [topic]: _gone, ...rest } = this.refused;
    this.refused = rest;
  }
}

export const live = new LiveConnection();
