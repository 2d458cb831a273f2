import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { letTimeGo, Stage, stopTime } from "./stage.js";

beforeEach(stopTime);
afterEach(letTimeGo);

test("says hello first, with what it was told to ask for", async () => {
  const stage = new Stage({ lang: "en", heartbeatMs: 2_000 });
  const socket = await stage.start();

  expect(socket.url).toBe("ws://test/ws/v1/");
  expect(socket.sent[0]).toEqual({ op: "hello", v: 1, lang: "en", heartbeat_ms: 2_000 });
  expect(stage.states).toEqual(["connecting", "live"]);
});

test("asks for its address anew for each connection", async () => {
  let visits = 0;
  const stage = new Stage({ url: () => `ws://test/${(visits += 1)}` });
  await stage.start();
  await stage.comeBack();

  expect(stage.sockets.map((socket) => socket.url)).toEqual(["ws://test/1", "ws://test/2"]);
});

test("opening twice opens one socket", () => {
  const stage = new Stage();
  stage.client.open();
  stage.client.open();

  expect(stage.sockets).toHaveLength(1);
});

test("waits longer after each failure, at most fifteen seconds, and between half of the wait and all of it", () => {
  const waits = (random: number): (number | null)[] => {
    const stage = new Stage({ random: () => random });
    stage.client.open();
    for (let failures = 0; failures < 8; failures += 1) {
      stage.socket.break();
      vi.advanceTimersByTime(stage.losses.at(-1)!.retryMs! - 1);
      const before = stage.sockets.length;
      vi.advanceTimersByTime(1);
      expect(stage.sockets).toHaveLength(before + 1);
    }
    return stage.losses.map((loss) => loss.retryMs);
  };

  expect(waits(0)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 7_500, 7_500]);
  expect(waits(1)).toEqual([400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000]);
});

test("a server that welcomes and drops is asked ever less often; one that lasted ten seconds is asked soon", async () => {
  const stage = new Stage();
  await stage.start();
  await stage.comeBack();
  await stage.comeBack();
  vi.advanceTimersByTime(1_000);
  stage.socket.hear({ op: "heartbeat", t: 1 });
  for (let seconds = 0; seconds < 12; seconds += 3) {
    vi.advanceTimersByTime(3_000);
    stage.socket.hear({ op: "reply", ref: stage.socket.idOf("ping"), ok: { t: Date.now() } });
  }
  stage.socket.break();

  expect(stage.losses.map((loss) => loss.retryMs)).toEqual([200, 400, 200]);
});

test("is delayed when the server is silent for longer than it promised, live again with any frame, and starts over in the end", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  for (let second = 0; second < 3; second += 1) {
    socket.hear({ op: "reply", ref: socket.idOf("ping"), ok: { t: Date.now() } });
    vi.advanceTimersByTime(1_000);
  }

  vi.advanceTimersByTime(6_999);
  expect(stage.client.state).toBe("live");
  vi.advanceTimersByTime(1);
  expect(stage.client.state).toBe("delayed");
  socket.hear({ op: "heartbeat", t: 1 });
  expect(stage.client.state).toBe("live");

  vi.advanceTimersByTime(21_000);
  expect(socket.isClosed).toBe(true);
  expect(stage.states).toEqual(["connecting", "live", "delayed", "live", "delayed", "offline"]);
});

test("a shorter heartbeat notices silence sooner", async () => {
  const stage = new Stage({ heartbeatMs: 1_000 });
  stage.client.open();
  await stage.welcome(null, 1_000);

  vi.advanceTimersByTime(1_999);
  expect(stage.client.state).toBe("live");
  vi.advanceTimersByTime(1);
  expect(stage.client.state).toBe("delayed");
});

test("gives up a handshake that leads nowhere", () => {
  const stage = new Stage();
  stage.client.open();
  vi.advanceTimersByTime(20_000);

  expect(stage.sockets[0]!.isClosed).toBe(true);
  expect(stage.client.state).toBe("offline");
});

test("an error without a close is a lost connection, once", () => {
  const stage = new Stage();
  stage.client.open();
  stage.socket.onerror?.({});
  stage.socket.break();

  expect(stage.losses).toEqual([{ code: 1006, bye: null, retryMs: 200 }]);
});

test("a frame that cannot be read makes what follows worthless: it starts over", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  socket.onmessage?.({ data: "{" });

  expect(socket.isClosed).toBe(true);
  expect(stage.client.state).toBe("offline");
});

test("frames of a later protocol are passed over", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  socket.hear({ op: "fanfare", topic: "lobby:scores" });

  expect(stage.client.state).toBe("live");
});

test("what an abandoned socket still says is not heard", async () => {
  const stage = new Stage();
  stage.client.subscribe("user:1", stage.note);
  const first = await stage.start();
  stage.client.restart();
  first.hear({ op: "subscribed", ref: first.idOf("subscribe"), topic: "user:1", lane: "sequenced", pos: "x:1", image: {} });
  first.break(4403);

  expect(stage.heard).toEqual([]);
  expect(stage.client.state).toBe("connecting");
});

test("a socket that is not wanted any more closes once its handshake is through, for browsers complain of one closed before", async () => {
  const stage = new Stage();
  stage.client.open();
  const [early] = stage.sockets;
  stage.client.restart();
  expect(early!.isClosed).toBe(false);
  early!.open();
  expect(early!.isClosed).toBe(true);
  expect(early!.sent).toEqual([]);

  await stage.welcome();
  expect(stage.client.state).toBe("live");
});

test("a handshake that never ends is not waited for", () => {
  const stage = new Stage();
  stage.client.open();
  const [early] = stage.sockets;
  stage.client.close();
  vi.advanceTimersByTime(3_999);
  expect(early!.isClosed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(early!.isClosed).toBe(true);
  expect(stage.client.state).toBe("closed");
});

test.each([4400, 4403, 4404, 4423])("stays away after %i", async (code) => {
  const stage = new Stage();
  const socket = await stage.start();
  socket.break(code);
  vi.advanceTimersByTime(60_000);

  expect(stage.client.state).toBe("closed");
  expect(stage.losses).toEqual([{ code, bye: null, retryMs: null }]);
  expect(stage.sockets).toHaveLength(1);
});

test.each([
  [1000, 200], [1006, 200], [4401, 200], [4408, 200], [4413, 200],
  [4409, 5_200], [4429, 5_200], [4503, 700],
])("comes back after %i when its bye was lost, %i ms later", async (code, wait) => {
  const stage = new Stage();
  (await stage.start()).break(code);

  expect(stage.losses[0]!.retryMs).toBe(wait);
  vi.advanceTimersByTime(wait);
  expect(stage.sockets).toHaveLength(2);
});

test("a draining server is left at once and another is asked after the wait that the bye names", async () => {
  const stage = new Stage();
  const socket = await stage.start();
  const bye = { op: "bye", code: 4503, reconnect: true, retry_ms: 730 };
  socket.hear(bye);
  socket.break(4503);

  expect(stage.losses).toEqual([{ code: 4503, bye, retryMs: 730 }]);
  expect(stage.client.state).toBe("offline");
  vi.advanceTimersByTime(729);
  expect(stage.sockets).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(stage.sockets).toHaveLength(2);
});

test("a bye that forbids coming back is obeyed whatever its code", async () => {
  const stage = new Stage();
  (await stage.start()).hear({ op: "bye", code: 4401, reconnect: false, retry_ms: 100 });
  vi.advanceTimersByTime(60_000);

  expect(stage.client.state).toBe("closed");
  expect(stage.sockets).toHaveLength(1);
});

test("tells when the session ended, and a listener may introduce us anew at once", async () => {
  const stage = new Stage();
  await stage.start();
  const ended = vi.fn(() => stage.client.restart());
  stage.client.on("sessionEnded", ended);
  stage.socket.hear({ op: "bye", code: 4401, reconnect: true, retry_ms: 100 });

  expect(ended).toHaveBeenCalledTimes(1);
  expect(stage.sockets).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(stage.sockets).toHaveLength(2);
});

test("hurrying skips a wait of our own, and not one the server asked for", async () => {
  const stage = new Stage();
  (await stage.start()).break();
  stage.client.hurry();
  expect(stage.sockets).toHaveLength(2);

  (await stage.welcome()).hear({ op: "bye", code: 4429, reconnect: true, retry_ms: 5_000 });
  stage.client.hurry();
  expect(stage.sockets).toHaveLength(2);
});

test("hurrying gives up a socket that hangs, and one that does not answer within four seconds", async () => {
  const stage = new Stage();
  stage.client.open();
  vi.advanceTimersByTime(4_000);
  stage.client.hurry();
  expect(stage.sockets).toHaveLength(2);

  const socket = await stage.welcome();
  stage.client.hurry();
  vi.advanceTimersByTime(4_000);
  expect(socket.isClosed).toBe(true);
  expect(stage.client.state).toBe("offline");
});

test("closing ends everything, and opening again hears the same topics", async () => {
  const stage = new Stage();
  stage.client.subscribe("lobby:scores", stage.note);
  const socket = await stage.start();
  stage.client.close();
  vi.advanceTimersByTime(60_000);

  expect(socket.isClosed).toBe(true);
  expect(stage.client.state).toBe("closed");
  expect(stage.sockets).toHaveLength(1);
  const second = await stage.start();
  expect(second.asked).toEqual([{ topic: "lobby:scores" }]);
});

test("an environment without WebSocket is told what to do", () => {
  vi.stubGlobal("WebSocket", undefined);
  const stage = new Stage({ openSocket: undefined });

  expect(() => stage.client.open()).toThrow("pass openSocket");
  expect(stage.client.state).toBe("closed");
  vi.unstubAllGlobals();
});

test("notices are passed on", async () => {
  const stage = new Stage();
  const notices: unknown[] = [];
  stage.client.on("notice", (notice) => notices.push(notice));
  const notice = { op: "notice", id: "n", title: "Soon", message: "A pause", notification_type: "maintenance", start_time: "", end_time: null, is_active: true };
  (await stage.start()).hear(notice);

  expect(notices).toEqual([notice]);
});
