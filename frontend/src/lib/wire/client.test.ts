import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DELAYED_AFTER_MS, LOST_AFTER_MS, WireClient, type ConnectionState } from "./client";
import type { TopicEvent } from "./delivery";

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.isClosed = true;
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ofKind(op: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.op === op);
  }
}

const WELCOME = { op: "welcome", v: 1, heartbeat_ms: 5000, server_time: "2026-01-01T12:00:00Z", user: null, session: "s" };

let states: ConnectionState[];
let ended: number;
let refused: string[];
let heard: TopicEvent[];

function connect(): WireClient {
  const client = new WireClient({
    url: () => "ws://test/ws/v1/",
    openSocket: () => new FakeSocket() as unknown as WebSocket,
    schedule: (flush) => queueMicrotask(flush),
    random: () => 0,
    events: {
      state: (state) => states.push(state),
      welcome: () => undefined,
      latency: () => undefined,
      notice: () => undefined,
      sessionEnded: () => (ended += 1),
      refused: (topic, code) => refused.push(`${topic} ${code}`),
    },
  });
  client.start();
  return client;
}

function last(): FakeSocket {
  return FakeSocket.all.at(-1)!;
}

async function welcome(): Promise<FakeSocket> {
  last().onopen?.();
  last().hear(WELCOME);
  await Promise.resolve();
  return last();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  FakeSocket.all = [];
  states = [];
  refused = [];
  heard = [];
  ended = 0;
});

afterEach(() => vi.useRealTimers());

test("says hello, subscribes what was asked for in one frame, and is live when every image is there", async () => {
  const client = connect();
  client.subscribe("lobby:scores", (event) => heard.push(event));
  client.subscribe("user:1", (event) => heard.push(event));
  const socket = await welcome();

  expect(socket.sent[0]).toMatchObject({ op: "hello", v: 1 });
  expect(socket.ofKind("subscribe")).toEqual([{ op: "subscribe", id: "1", topics: [{ topic: "lobby:scores" }, { topic: "user:1" }] }]);
  expect(client.state).toBe("connecting");

  socket.hear({ op: "subscribed", ref: "1", topic: "lobby:scores", lane: "conflated", pos: "v:3", image: { entries: [["e1", 3, { a: 1 }]] } });
  expect(client.state).toBe("connecting");
  socket.hear({ op: "subscribed", ref: "1", topic: "user:1", lane: "sequenced", pos: "x:7", image: { wallets: [] } });
  await Promise.resolve();

  expect(client.state).toBe("live");
  expect(heard).toEqual([
    { kind: "entries", entries: [["e1", 3, { a: 1 }]], replace: true },
    { kind: "image", image: { wallets: [] } },
  ]);
});

test("resumes a sequenced topic from where it was after the connection is lost", async () => {
  const client = connect();
  client.subscribe("user:1", (event) => heard.push(event));
  const first = await welcome();
  first.hear({ op: "subscribed", topic: "user:1", lane: "sequenced", pos: "x:7", image: {} });
  first.hear({ op: "update", topic: "user:1", pt: 1, pos: "x:8", changes: [{ seq: 8, type: "slip.placed" }] });

  first.onclose?.({ code: 1006 });
  expect(client.state).toBe("offline");
  vi.advanceTimersByTime(200);
  const second = await welcome();
  expect(second).not.toBe(first);
  expect(second.ofKind("subscribe")[0]).toMatchObject({ topics: [{ topic: "user:1", since: "x:8" }] });
  expect(client.state).toBe("resyncing");

  second.hear({ op: "subscribed", topic: "user:1", lane: "sequenced", pos: "x:10", resumed: true });
  second.hear({ op: "update", topic: "user:1", pt: 1, pos: "x:10", changes: [{ seq: 9, type: "slip.settled" }, { seq: 10, type: "wallet.changed" }] });
  await Promise.resolve();

  expect(client.state).toBe("live");
  expect(heard.filter((event) => event.kind === "change").map((event) => event.change.seq)).toEqual([8, 9, 10]);
});

test("asks again when a change is missing, once", async () => {
  const client = connect();
  client.subscribe("user:1", (event) => heard.push(event));
  const socket = await welcome();
  socket.hear({ op: "subscribed", topic: "user:1", lane: "sequenced", pos: "x:7", image: {} });

  socket.hear({ op: "update", topic: "user:1", pt: 1, pos: "x:9", changes: [{ seq: 9, type: "slip.settled" }] });
  socket.hear({ op: "update", topic: "user:1", pt: 1, pos: "x:10", changes: [{ seq: 10, type: "slip.settled" }] });
  await Promise.resolve();

  expect(client.state).toBe("resyncing");
  expect(socket.ofKind("subscribe")).toHaveLength(2);
  expect(socket.ofKind("subscribe")[1]).toMatchObject({ topics: [{ topic: "user:1", since: "x:7" }] });
});

test("replaces its state by the image that follows a resync", async () => {
  const client = connect();
  client.subscribe("user:1", (event) => heard.push(event));
  const socket = await welcome();
  socket.hear({ op: "subscribed", topic: "user:1", lane: "sequenced", pos: "x:7", image: { n: 1 } });
  socket.hear({ op: "resync", topic: "user:1", reason: "history_lost" });
  expect(client.state).toBe("resyncing");

  socket.hear({ op: "subscribed", topic: "user:1", lane: "sequenced", pos: "y:0", image: { n: 2 } });
  socket.hear({ op: "update", topic: "user:1", pt: 1, pos: "y:1", changes: [{ seq: 1, type: "slip.placed" }] });
  await Promise.resolve();

  expect(client.state).toBe("live");
  expect(heard.at(-2)).toEqual({ kind: "image", image: { n: 2 } });
  expect(heard.at(-1)).toMatchObject({ kind: "change", change: { seq: 1 } });
});

test("merges the segments of a large image and waits for the last", async () => {
  const client = connect();
  client.subscribe("lobby:prices", (event) => heard.push(event));
  const socket = await welcome();
  const segment = (index: number, key: string) => ({
    op: "subscribed", topic: "lobby:prices", lane: "conflated", pos: "v:1", segment: index, segments: 2, image: { entries: [[key, 1, {}]] },
  });

  socket.hear(segment(0, "e1"));
  expect(client.state).toBe("connecting");
  socket.hear(segment(1, "e2"));
  await Promise.resolve();

  expect(client.state).toBe("live");
  expect(heard).toEqual([
    { kind: "entries", entries: [["e1", 1, {}]], replace: true },
    { kind: "entries", entries: [["e2", 1, {}]], replace: false },
  ]);
});

test("is delayed after eight silent seconds, live again with any frame, and starts over after twenty", async () => {
  const client = connect();
  const socket = await welcome();
  expect(client.state).toBe("live");

  vi.advanceTimersByTime(DELAYED_AFTER_MS + 1000);
  expect(client.state).toBe("delayed");
  socket.hear({ op: "heartbeat", t: 1 });
  expect(client.state).toBe("live");

  vi.advanceTimersByTime(LOST_AFTER_MS + 1000);
  expect(socket.isClosed).toBe(true);
  expect(states).toContain("offline");
});

test("waits longer after each failure, at most fifteen seconds", () => {
  connect();
  const opened = () => FakeSocket.all.length;
  for (const wait of [200, 400, 800, 1600, 3200, 6400, 7500, 7500]) {
    last().onclose?.({ code: 1006 });
    const before = opened();
    vi.advanceTimersByTime(wait - 1);
    expect(opened()).toBe(before);
    vi.advanceTimersByTime(1);
    expect(opened()).toBe(before + 1);
  }
});

test("tells when the session ended and introduces itself anew", async () => {
  connect();
  const socket = await welcome();

  socket.hear({ op: "bye", code: 4401, reconnect: true, retry_ms: 100 });
  expect(ended).toBe(1);
  vi.advanceTimersByTime(100);
  expect(FakeSocket.all).toHaveLength(2);
});

test("stays away when the server says so", async () => {
  const client = connect();
  const socket = await welcome();

  socket.onclose?.({ code: 4403 });
  vi.advanceTimersByTime(60_000);

  expect(client.state).toBe("closed");
  expect(FakeSocket.all).toHaveLength(1);
});

test("a refused topic does not hold the page back", async () => {
  const client = connect();
  client.subscribe("user:2", (event) => heard.push(event));
  const socket = await welcome();

  socket.hear({ op: "error", code: "forbidden", ref: "1", topic: "user:2" });

  expect(refused).toEqual(["user:2 forbidden"]);
  expect(client.state).toBe("live");
});

test("a private position is forgotten when the person changes", async () => {
  const client = connect();
  client.subscribe("thread:1", (event) => heard.push(event));
  const first = await welcome();
  first.hear({ op: "subscribed", topic: "thread:1", lane: "sequenced", pos: "x:7", image: {} });

  client.restart();
  const second = await welcome();

  expect(first.isClosed).toBe(true);
  expect(second.ofKind("subscribe")[0]).toEqual({ op: "subscribe", id: expect.any(String), topics: [{ topic: "thread:1" }] });
});
