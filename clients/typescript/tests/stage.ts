/** A client among sockets that do what the test says, with a clock that stands still. */
import { vi } from "vitest";
import { TouchlineClient, type ClientOptions, type ConnectionState, type Loss, type SocketLike } from "touchline-client";

export class FakeSocket implements SocketLike {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 3;
  }

  /** The handshake is done. */
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  ofKind(op: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.op === op);
  }

  /** The id of the newest frame of a kind, which its answer refers to. */
  idOf(op: string): unknown {
    return this.ofKind(op).at(-1)?.id;
  }

  /** The topics of the newest subscribe. */
  get asked(): unknown {
    return this.ofKind("subscribe").at(-1)?.topics;
  }
}

export const LIMITS = {
  frame_bytes: 16_384, frames_per_s: 20, burst: 40, topics: 50, sockets_per_user: 10, sockets_per_address: 150, calls_in_flight: 8, bad_frames_in_a_row: 10,
  unsent_bytes: 1_048_576, conflate_ms: [0, 20, 50, 100, 250, 500, 1000], typing_every_ms: 3_000, typing_for_ms: 6_000,
};

export const ADA = { id: "ada", username: "ada", display_name: "Ada" };
export const BEN = { id: "ben", username: "ben", display_name: "Ben" };

export function welcomeOf(user: object | null = null, heartbeatMs = 5_000): object {
  return { op: "welcome", v: 1, limits: LIMITS, heartbeat_ms: heartbeatMs, server_time: new Date(Date.now()).toISOString(), user, session: "s" };
}

export class Stage {
  sockets: FakeSocket[] = [];
  states: ConnectionState[] = [];
  losses: Loss[] = [];
  heard: unknown[] = [];
  client: TouchlineClient;

  constructor(options: Partial<ClientOptions> = {}) {
    this.client = new TouchlineClient({
      url: "ws://test/ws/v1/",
      openSocket: (url) => {
        const socket = new FakeSocket(url);
        this.sockets.push(socket);
        return socket;
      },
      random: () => 0,
      ...options,
    });
    this.client.on("state", (state) => this.states.push(state));
    this.client.on("loss", (loss) => this.losses.push(loss));
  }

  /** Notes what a listener hears. */
  readonly note = (event: unknown): void => {
    this.heard.push(event);
  };

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** Opens the newest socket and welcomes the client on it, with whatever it asks for at once. */
  async welcome(user: object | null = null, heartbeatMs?: number): Promise<FakeSocket> {
    this.socket.open();
    this.socket.hear(welcomeOf(user, heartbeatMs));
    await Promise.resolve();
    return this.socket;
  }

  async start(user: object | null = null): Promise<FakeSocket> {
    this.client.open();
    return this.welcome(user);
  }

  /** The connection is lost and the next one is welcomed. */
  async comeBack(user: object | null = null): Promise<FakeSocket> {
    this.socket.break();
    vi.advanceTimersByTime(this.losses.at(-1)!.retryMs!);
    return this.welcome(user);
  }
}

/** For the clock of a test file: `beforeEach(stopTime)`, `afterEach(letTimeGo)`. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"], now: 1_800_000_000_000 });
}

export function letTimeGo(): void {
  vi.useRealTimers();
}
