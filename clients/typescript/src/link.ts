/**
 * One connection after another: opens a socket, says hello, watches for silence, and comes back by itself after a wait
 * that the server asked for or that grows. It knows nothing of topics and calls.
 */
import { CloseCode, leastWaitMs, mayReconnect, reconnectDelay } from "./backoff.js";
import { PROTOCOL_VERSION, type ByeFrame, type ClientFrame, type HelloFrame, type ServerFrame, type WelcomeFrame } from "./frames.js";
import { Pacer } from "./pacer.js";
import { closeAtOnce, closeInOrder, openGlobalSocket, type OpenSocket, type SocketLike } from "./socket.js";

export interface LinkOptions {
  /** Where the socket is, `wss://…/ws/v1/`; asked again for each connection if it is a function. */
  url: string | (() => string);
  /** Makes a socket; needed where there is no global WebSocket (Node 20), or to send headers. */
  openSocket?: OpenSocket | undefined;
  /** Asked for a fresh ticket before each hello; null goes as a visitor. If it fails, the attempt has failed. */
  getTicket?: (() => string | null | Promise<string | null>) | undefined;
  lang?: string | undefined;
  /** How often the server speaks when it has nothing to say; silence is noticed sooner with a smaller one. */
  heartbeatMs?: number | undefined;
  random?: (() => number) | undefined;
  now?: (() => number) | undefined;
}

/** `idle` before the first opening, `connecting` until its welcome, `offline` between connections, `closed` for good. */
export type LinkPhase = "idle" | "connecting" | "open" | "offline" | "closed";

/** How a connection ended, and when the next one is tried; `retryMs` is null if none is. */
export interface Loss {
  code: number;
  bye: ByeFrame | null;
  retryMs: number | null;
}

export interface LinkHandler {
  onWelcome(frame: WelcomeFrame): void;
  onFrame(frame: ServerFrame): void;
  onLoss(loss: Loss): void;
  /** Phase or silence changed. */
  onChange(): void;
  /** About once a second while the link is wanted. */
  onTick(): void;
}

const WATCH_EVERY_MS = 1_000;
const STEADY_AFTER_MS = 10_000;
const ANSWER_TO_PROBE_MS = 4_000;
const DEFAULT_HEARTBEAT_MS = 5_000;
const NORMAL_CLOSE = 1_000;
const OPEN = 1;

/** Silence after which what is shown may be old: one heartbeat and its delay. */
export function delayedAfterMs(heartbeatMs: number): number {
  return heartbeatMs * 1.5 + 500;
}

/** Silence after which the connection is given up. */
export function lostAfterMs(heartbeatMs: number): number {
  return Math.max(heartbeatMs * 4, 5_000);
}

export class Link {
  phase: LinkPhase = "idle";
  isSilent = false;
  #socket: SocketLike | null = null;
  #generation = 0;
  #attempt = 0;
  #heartbeatMs: number;
  #startedAt = 0;
  #heardAt = 0;
  #welcomedAt = 0;
  #probedAt: number | null = null;
  #notBefore = 0;
  #isOpening = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #watchTimer: ReturnType<typeof setInterval> | undefined;
  #pacer: Pacer;
  readonly #now: () => number;

  constructor(
    private readonly options: LinkOptions,
    private readonly handler: LinkHandler,
  ) {
    this.#now = options.now ?? Date.now;
    this.#heartbeatMs = options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    this.#pacer = new Pacer((text) => this.#write(text), this.#now);
  }

  /** Whether a frame would leave at once. */
  get isFree(): boolean {
    return this.phase === "open" && this.#pacer.isFree;
  }

  open(): void {
    if (this.phase !== "idle" && this.phase !== "closed") return;
    this.restart();
  }

  /** Drops what there is and begins anew. */
  restart(): void {
    this.#abandon(closeInOrder);
    this.#attempt = 0;
    this.#notBefore = 0;
    this.#watchTimer ??= setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.phase = "connecting";
    this.#connect();
    this.handler.onChange();
  }

  close(): void {
    this.#abandon(closeInOrder);
    this.#end();
  }

  /** The network or the page came back: do not sit out a wait of our own, and find out now whether the socket still lives. */
  hurry(): void {
    if (this.phase === "idle" || this.phase === "closed") return;
    if (this.phase === "open") {
      this.#probedAt ??= this.#now();
      this.#watch();
      return;
    }
    if (this.#now() < this.#notBefore) return;
    if (this.#isOpening && this.#now() - this.#startedAt < ANSWER_TO_PROBE_MS) return;
    this.#abandon();
    this.#attempt = 0;
    this.#connect();
  }

  /** Gives up a connection that is of no use any more and comes back like after any other loss. */
  drop(): void {
    if (this.phase === "open") this.#lose(CloseCode.lost, null);
  }

  /** Sends a frame in its turn; false if there is no connection. */
  send(frame: ClientFrame): boolean {
    if (this.phase !== "open") return false;
    this.#pacer.send(JSON.stringify(frame));
    return true;
  }

  #connect(): void {
    clearTimeout(this.#retryTimer);
    this.#isOpening = true;
    this.#startedAt = this.#heardAt = this.#now();
    if (this.options.getTicket) void this.#connectWithTicket(this.options.getTicket, this.#generation);
    else this.#openSocket(null);
  }

  async #connectWithTicket(getTicket: NonNullable<LinkOptions["getTicket"]>, generation: number): Promise<void> {
    let ticket: string | null;
    try {
      ticket = await getTicket();
    } catch {
      // Most likely the server cannot be reached, which is what the wait between attempts is for.
      if (generation === this.#generation) this.#lose(CloseCode.lost, null);
      return;
    }
    if (generation === this.#generation) this.#openSocket(ticket);
  }

  #openSocket(ticket: string | null): void {
    const { url } = this.options;
    const socket = this.#makeSocket(typeof url === "string" ? url : url());
    const isOurs = (): boolean => this.#socket === socket;
    this.#socket = socket;
    socket.onopen = () => {
      if (isOurs()) this.#write(JSON.stringify(this.#hello(ticket)));
    };
    socket.onmessage = (message: { data: unknown }) => {
      if (isOurs()) this.#hear(message.data);
    };
    socket.onclose = (close: { code: number }) => {
      if (isOurs()) this.#lose(close.code, null);
    };
    // Some environments report a refused handshake by an error and never close; elsewhere a close would follow.
    socket.onerror = () => {
      if (isOurs()) this.#lose(CloseCode.lost, null);
    };
  }

  #makeSocket(url: string): SocketLike {
    try {
      return (this.options.openSocket ?? openGlobalSocket)(url);
    } catch (error) {
      // No network does this: the address or the environment is wrong, and another attempt would meet the same.
      this.close();
      throw error;
    }
  }

  #hello(ticket: string | null): HelloFrame {
    const hello: HelloFrame = { op: "hello", v: PROTOCOL_VERSION };
    if (this.options.lang !== undefined) hello.lang = this.options.lang;
    if (this.options.heartbeatMs !== undefined) hello.heartbeat_ms = this.options.heartbeatMs;
    if (ticket !== null) hello.ticket = ticket;
    return hello;
  }

  #hear(data: unknown): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      // Whatever it said is lost, so nothing that follows can be trusted.
      this.#lose(CloseCode.lost, null);
      return;
    }
    this.#heardAt = this.#now();
    this.#probedAt = null;
    if (frame.op === "welcome") this.#enter(frame);
    else if (frame.op === "bye") this.#lose(frame.code, frame);
    else this.#pass(frame);
  }

  #pass(frame: ServerFrame): void {
    const wasSilent = this.isSilent;
    this.isSilent = false;
    this.handler.onFrame(frame);
    if (wasSilent) this.handler.onChange();
  }

  #enter(frame: WelcomeFrame): void {
    this.#isOpening = false;
    this.#welcomedAt = this.#now();
    this.#heartbeatMs = frame.heartbeat_ms;
    this.#pacer.begin(frame.limits);
    this.phase = "open";
    this.handler.onWelcome(frame);
    this.handler.onChange();
  }

  #watch(): void {
    const now = this.#now();
    // A clock that was set back must not look like a lively connection.
    this.#heardAt = Math.min(this.#heardAt, now);
    if (this.phase === "open") this.#watchOpen(now);
    else if (this.#isOpening && now - this.#startedAt >= lostAfterMs(this.#heartbeatMs)) this.#lose(CloseCode.lost, null);
    this.handler.onTick();
  }

  #watchOpen(now: number): void {
    const silence = now - this.#heardAt;
    const isProbeUnanswered = this.#probedAt !== null && now - this.#probedAt >= ANSWER_TO_PROBE_MS;
    if (silence >= lostAfterMs(this.#heartbeatMs) || isProbeUnanswered) {
      this.#lose(CloseCode.lost, null);
      return;
    }
    if (now - this.#welcomedAt >= STEADY_AFTER_MS) this.#attempt = 0;
    const isSilent = silence >= delayedAfterMs(this.#heartbeatMs);
    if (isSilent === this.isSilent) return;
    this.isSilent = isSilent;
    this.handler.onChange();
  }

  #lose(code: number, bye: ByeFrame | null): void {
    this.#abandon();
    const retryMs = this.#mayReturn(code, bye) ? this.#waitMs(code, bye) : null;
    if (retryMs === null) this.#end();
    else {
      this.#attempt += 1;
      this.#retryTimer = setTimeout(() => this.#connect(), retryMs);
      this.#setPhase("offline");
    }
    this.handler.onLoss({ code, bye, retryMs });
  }

  #mayReturn(code: number, bye: ByeFrame | null): boolean {
    // A ticket that was refused may have run out on the way; the next one is fresh.
    if (code === CloseCode.sessionEnded && this.options.getTicket) return true;
    return bye ? bye.reconnect : mayReconnect(code);
  }

  #waitMs(code: number, bye: ByeFrame | null): number {
    const own = reconnectDelay(this.#attempt, this.options.random ?? Math.random);
    const asked = bye ? bye.retry_ms : leastWaitMs(code);
    this.#notBefore = this.#now() + asked;
    // The first wait that a server spread for us is used as it is; one that keeps ending us is asked ever less often.
    return bye && bye.reconnect && this.#attempt === 0 ? asked : asked + own;
  }

  /** Lets go of the socket, if any; nothing it says is heard any more. */
  #abandon(close = closeAtOnce): void {
    clearTimeout(this.#retryTimer);
    this.#generation += 1;
    this.#isOpening = false;
    this.isSilent = false;
    this.#probedAt = null;
    this.#pacer.end();
    const socket = this.#socket;
    this.#socket = null;
    if (socket) close(socket, NORMAL_CLOSE);
  }

  #end(): void {
    clearInterval(this.#watchTimer);
    this.#watchTimer = undefined;
    this.#setPhase("closed");
  }

  #setPhase(phase: LinkPhase): void {
    if (phase === this.phase) return;
    this.phase = phase;
    this.handler.onChange();
  }

  #write(text: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
  }
}
