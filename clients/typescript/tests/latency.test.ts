import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { letTimeGo, Stage, stopTime, type FakeSocket } from "./stage.js";

beforeEach(stopTime);
afterEach(letTimeGo);

/** Answers the ping under way after so long, by a server whose clock is ahead by so much. */
function pong(socket: FakeSocket, roundTripMs: number, aheadMs = 0): void {
  vi.advanceTimersByTime(roundTripMs);
  socket.hear({ op: "reply", ref: socket.idOf("ping"), ok: { t: Date.now() - roundTripMs / 2 + aheadMs } });
}

test("measures the round trip at once, two more times soon, then every five seconds", async () => {
  const stage = new Stage();
  const measured: unknown[] = [];
  stage.client.on("latency", ({ roundTripMs }) => measured.push(roundTripMs));
  const socket = await stage.start();
  expect(stage.client.latency.roundTripMs).toBe(null);
  pong(socket, 40);
  vi.advanceTimersByTime(960);
  pong(socket, 60);
  vi.advanceTimersByTime(940);
  pong(socket, 50);
  vi.advanceTimersByTime(4_949);
  expect(socket.ofKind("ping")).toHaveLength(3);
  vi.advanceTimersByTime(1);
  pong(socket, 70);

  expect(measured).toEqual([40, 60, 50, 70]);
});

test("takes the difference of the clocks from the quickest ping", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  pong(socket, 40, 1_000);
  vi.advanceTimersByTime(960);
  pong(socket, 400, 1_150); // the way back took longer than the way there

  expect(stage.client.latency).toMatchObject({ roundTripMs: 400, clockOffsetMs: 1_000 });
});

test("begins with the clock of the welcome", async () => {
  const stage = new Stage();
  stage.client.open();
  stage.socket.open();
  stage.socket.hear({ op: "welcome", v: 1, limits: { frames_per_s: 20, burst: 40, calls_in_flight: 8, frame_bytes: 16_384 }, heartbeat_ms: 5_000, server_time: new Date(Date.now() + 700).toISOString(), user: null, session: "s" });

  expect(stage.client.latency.clockOffsetMs).toBe(700);
});

test("tells how old an update was when it was handed over, by the server's clock", async () => {
  let flush = (): void => undefined;
  const stage = new Stage({ schedule: (run) => (flush = run) });
  stage.client.subscribe("lobby:prices", stage.note);
  const socket = await stage.start();
  pong(socket, 20, 3_000);
  socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: "lobby:prices", lane: "conflated", pos: "v:1", image: { entries: [] } });
  flush();
  expect(stage.client.latency.updateAgeMs).toBe(null);
  socket.hear({ op: "update", topic: "lobby:prices", pt: Date.now() + 3_000 - 45, pos: "v:2", con: true, changes: [["a", 2, {}]] });
  vi.advanceTimersByTime(16);
  flush();

  expect(stage.client.latency.updateAgeMs).toBe(61);
});

test("is delayed while an answer is four seconds late, however busy the connection is: updates wait in the same line", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  for (let second = 0; second < 4; second += 1) {
    expect(stage.client.state).toBe("live");
    vi.advanceTimersByTime(1_000);
    socket.hear({ op: "heartbeat", t: 1 });
  }
  expect(stage.client.state).toBe("delayed");
  pong(socket, 500);
  expect(stage.client.state).toBe("delayed");
  vi.advanceTimersByTime(1_000);
  pong(socket, 90);

  expect(stage.client.state).toBe("live");
});

test("is delayed while the server says that it is behind itself, whatever else it sends", async () => {
  const stage = new Stage();
  stage.client.subscribe("lobby:prices", stage.note);
  const socket = await stage.start();
  socket.hear({ op: "heartbeat", t: 1, delayed: true });
  socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: "lobby:prices", lane: "conflated", pos: "v:1", image: { entries: [] } });
  socket.hear({ op: "update", topic: "lobby:prices", pt: 1, pos: "v:2", con: true, changes: [["a", 2, {}]] });
  expect(stage.client.state).toBe("delayed");
  socket.hear({ op: "heartbeat", t: 1 });
  expect(stage.client.state).toBe("live");
  socket.hear({ op: "heartbeat", t: 1, delayed: true });
  await stage.comeBack();

  expect(stage.states.slice(-3)).toEqual(["delayed", "offline", "resyncing"]);
});

test("leaves a connection whose answers do not come at all", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  for (let second = 0; second < 21; second += 1) {
    vi.advanceTimersByTime(1_000);
    socket.hear({ op: "heartbeat", t: 1 });
  }

  expect(socket.isClosed).toBe(true);
  expect(stage.client.state).toBe("offline");
});

test("a ping that the server had no room for is not waited for", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  socket.hear({ op: "error", type: "about:blank", title: "Too many requests", status: 429, code: "rate_limited", retryable: true });
  vi.advanceTimersByTime(1_000);
  expect(socket.ofKind("ping")).toHaveLength(2);
  pong(socket, 10);
  vi.advanceTimersByTime(4_000);

  expect(stage.client.state).toBe("live");
});
