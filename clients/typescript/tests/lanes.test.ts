import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { onAnimationFrame, TopicRefused } from "touchline-client";
import { letTimeGo, Stage, stopTime, type FakeSocket } from "./stage.js";

const PRICES = "lobby:prices";

beforeEach(stopTime);
afterEach(letTimeGo);

type Row = [string, number, object | null];

function image(socket: FakeSocket, entries: Row[], members: object = {}): void {
  socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: PRICES, lane: "conflated", pos: "v:1", image: { entries }, ...members });
}

function update(socket: FakeSocket, ...changes: Row[]): void {
  socket.hear({ op: "update", topic: PRICES, pt: Date.now(), pos: "v:2", con: true, changes });
}

describe("a conflated topic", () => {
  async function joined(): Promise<[Stage, FakeSocket]> {
    const stage = new Stage();
    stage.client.subscribe(PRICES, stage.note, { conflateMs: 100 });
    return [stage, await stage.start()];
  }

  test("asks for its pace and its fields", async () => {
    const stage = new Stage();
    stage.client.subscribe("lobby:scores", stage.note, { conflateMs: 250, fields: ["home_goals", "away_goals"] });
    const socket = await stage.start();

    expect(socket.asked).toEqual([{ topic: "lobby:scores", conflate_ms: 250, fields: ["home_goals", "away_goals"] }]);
  });

  test("takes newer versions only, in whatever order they come", async () => {
    const [stage, socket] = await joined();
    image(socket, [["a", 3, { odds: "2.00" }]]);
    update(socket, ["a", 2, { odds: "old" }], ["b", 1, { odds: "3.00" }]);
    update(socket, ["a", 5, { odds: "1.90" }]);
    update(socket, ["a", 4, { odds: "late" }]);
    update(socket, ["a", 5, { odds: "1.90" }]);

    expect(stage.heard).toEqual([
      { kind: "entries", entries: [["a", 3, { odds: "2.00" }]], replace: true },
      { kind: "entries", entries: [["b", 1, { odds: "3.00" }]], replace: false },
      { kind: "entries", entries: [["a", 5, { odds: "1.90" }]], replace: false },
    ]);
  });

  test("lets a key go at null, and what was older does not bring it back", async () => {
    const [stage, socket] = await joined();
    image(socket, [["a", 3, {}]]);
    update(socket, ["a", 3, null]);
    update(socket, ["a", 2, {}]);
    update(socket, ["a", 3, null]);
    update(socket, ["a", 4, { odds: "2.00" }]);

    expect(stage.heard.slice(1)).toEqual([
      { kind: "entries", entries: [["a", 3, null]], replace: false },
      { kind: "entries", entries: [["a", 4, { odds: "2.00" }]], replace: false },
    ]);
  });

  test("hands over a segmented image whole, with what moved meanwhile", async () => {
    const [stage, socket] = await joined();
    image(socket, [["a", 1, { n: 1 }]], { segment: 0, segments: 3 });
    image(socket, [["b", 1, { n: 1 }]], { segment: 1, segments: 3 });
    update(socket, ["a", 2, { n: 2 }]);
    expect(stage.heard).toEqual([]);
    expect(stage.client.state).toBe("connecting");
    image(socket, [["c", 1, { n: 1 }]], { segment: 2, segments: 3 });

    expect(stage.client.state).toBe("live");
    expect(stage.heard).toEqual([{ kind: "entries", entries: [["a", 1, { n: 1 }], ["b", 1, { n: 1 }], ["a", 2, { n: 2 }], ["c", 1, { n: 1 }]], replace: true }]);
  });

  test("asks again when a segment is missing", async () => {
    const [stage, socket] = await joined();
    image(socket, [["a", 1, {}]], { segment: 0, segments: 3 });
    image(socket, [["c", 1, {}]], { segment: 2, segments: 3 });
    vi.advanceTimersByTime(1_000);
    await Promise.resolve();

    expect(stage.heard).toEqual([]);
    expect(socket.ofKind("subscribe")).toHaveLength(2);
  });

  test("a connection cut between segments starts the image over", async () => {
    const [stage, first] = await joined();
    image(first, [["a", 1, {}]], { segment: 0, segments: 2 });
    const second = await stage.comeBack();
    image(second, [["b", 1, {}]], { segment: 0, segments: 2 });
    image(second, [["c", 1, {}]], { segment: 1, segments: 2 });

    expect(stage.heard).toEqual([{ kind: "entries", entries: [["b", 1, {}], ["c", 1, {}]], replace: true }]);
  });

  test("begins with a fresh image after a lost connection, whose versions may be lower", async () => {
    const [stage, first] = await joined();
    image(first, [["a", 9, {}]]);
    const second = await stage.comeBack();
    expect(second.asked).toEqual([{ topic: PRICES, conflate_ms: 100 }]);
    expect(stage.client.state).toBe("resyncing");
    update(second, ["a", 10, { of: "an older subscription" }]);
    image(second, [["a", 2, { n: 2 }]]);

    expect(stage.heard.slice(1)).toEqual([{ kind: "entries", entries: [["a", 2, { n: 2 }]], replace: true }]);
    expect(stage.client.state).toBe("live");
  });

  test("takes an image that the server sends by itself to a reader that was behind", async () => {
    const [stage, socket] = await joined();
    image(socket, [["a", 9, {}]]);
    image(socket, [["b", 3, {}]], { ref: undefined });

    expect(stage.heard.at(-1)).toEqual({ kind: "entries", entries: [["b", 3, {}]], replace: true });
  });
});

describe("an ephemeral topic", () => {
  const LIVE = "thread:1:live";

  test("has an image and changes without numbers, and may begin anew at any time", async () => {
    const stage = new Stage();
    stage.client.subscribe(LIVE, stage.note);
    const socket = await stage.start();
    const start = (people: number, ref?: unknown): void => socket.hear({ op: "subscribed", ref, topic: LIVE, lane: "ephemeral", pos: "", image: { people } });
    start(1, socket.idOf("subscribe"));
    socket.hear({ op: "update", topic: LIVE, pt: 1, changes: [{ type: "typing.started", person: { id: "ben" } }] });
    start(2);
    expect(stage.client.state).toBe("live");
    const second = await stage.comeBack();

    expect(second.asked).toEqual([{ topic: LIVE }]);
    expect(stage.heard).toEqual([
      { kind: "image", image: { people: 1 } },
      { kind: "change", change: { type: "typing.started", person: { id: "ben" } } },
      { kind: "image", image: { people: 2 } },
    ]);
  });

  test("typing is said at most as often as the server finds useful, for each topic", async () => {
    const stage = new Stage();
    stage.client.typing(LIVE);
    const socket = await stage.start();
    stage.client.typing(LIVE);
    stage.client.typing(LIVE);
    stage.client.typing("thread:2:live");
    vi.advanceTimersByTime(3_000);
    stage.client.typing(LIVE);

    expect(socket.ofKind("typing").map((frame) => frame.topic)).toEqual([LIVE, "thread:2:live", LIVE]);
  });
});

describe("a topic that is refused", () => {
  const refusal = (members: object = {}): object => ({ op: "error", type: "about:blank", title: "No", status: 403, code: "forbidden", retryable: false, ...members });

  test("does not hold the others back, and says why", async () => {
    const stage = new Stage();
    const standings: unknown[] = [];
    stage.client.on("topic", ({ topic, standing, refusal: why }) => standings.push([topic, standing, why?.code]));
    const subscription = stage.client.subscribe("user:2", stage.note);
    const socket = await stage.start();
    socket.hear(refusal({ ref: socket.idOf("subscribe"), topic: "user:2" }));

    await expect(subscription.ready).rejects.toBeInstanceOf(TopicRefused);
    expect(standings).toEqual([["user:2", "refused", "forbidden"]]);
    expect(stage.client.state).toBe("live");
  });

  test("also when the right to hear it ends later", async () => {
    const stage = new Stage();
    stage.client.subscribe(PRICES, stage.note);
    const socket = await stage.start();
    image(socket, []);
    socket.hear(refusal({ topic: PRICES }));

    expect(stage.client.standingOf(PRICES)).toBe("refused");
  });

  test("is asked for again on the next connection", async () => {
    const stage = new Stage();
    stage.client.subscribe("user:2", stage.note);
    (await stage.start()).hear(refusal({ topic: "user:2" }));

    expect((await stage.comeBack()).asked).toEqual([{ topic: "user:2" }]);
  });

  test("for a while is asked for again after the wait the server names, and nothing is called live until then", async () => {
    const stage = new Stage();
    stage.client.subscribe(PRICES, stage.note);
    const socket = await stage.start();
    socket.hear(refusal({ ref: socket.idOf("subscribe"), code: "temporarily_unavailable", status: 503, retryable: true, retry_after_ms: 2_000 }));
    vi.advanceTimersByTime(1_000);
    expect(socket.ofKind("subscribe")).toHaveLength(1);
    expect(stage.client.state).toBe("connecting");
    vi.advanceTimersByTime(1_000);
    await Promise.resolve();

    expect(socket.ofKind("subscribe")).toHaveLength(2);
  });
});

describe("subscriptions", () => {
  test("made while all is live make nothing else old", async () => {
    const stage = new Stage();
    const socket = await stage.start();
    const subscription = stage.client.subscribe(PRICES, stage.note);
    await Promise.resolve();
    expect([stage.client.state, stage.client.standingOf(PRICES)]).toEqual(["live", "awaited"]);

    image(socket, []);
    await subscription.ready;
    expect(stage.client.standingOf(PRICES)).toBe("current");
  });

  test("are told apart by topic, and ended by a frame of their own", async () => {
    const stage = new Stage();
    const subscription = stage.client.subscribe(PRICES, stage.note);
    expect(() => stage.client.subscribe(PRICES, stage.note)).toThrow("already has its listener");
    const socket = await stage.start();
    subscription.end();
    image(socket, [["a", 1, {}]]);

    expect(socket.ofKind("unsubscribe")).toEqual([{ op: "unsubscribe", id: 3, topics: [PRICES] }]);
    expect(stage.heard).toEqual([]);
    expect(stage.client.state).toBe("live");
  });

  test("travel in frames that the server takes, and no faster than it takes them", async () => {
    const stage = new Stage();
    for (let event = 0; event < 50; event += 1) stage.client.subscribe(`event:${event}:prices`, stage.note);
    const socket = await stage.start();
    expect(socket.ofKind("subscribe").map((frame) => (frame.topics as object[]).length)).toEqual([20, 20, 10]);

    for (let event = 50; event < 90; event += 1) {
      stage.client.subscribe(`event:${event}:prices`, stage.note);
      await Promise.resolve();
    }
    expect(socket.sent).toHaveLength(21); // hello, and half of the server's burst
    vi.advanceTimersByTime(1_000);
    expect(socket.sent).toHaveLength(38); // eighteen a second of the twenty that are allowed, in whole milliseconds
  });

  test("a listener that throws harms no other and no later event", async () => {
    const stage = new Stage();
    const thrown: unknown[] = [];
    vi.stubGlobal("queueMicrotask", (task: () => void) => {
      try {
        task();
      } catch (error) {
        thrown.push(error);
      }
    });
    stage.client.subscribe(PRICES, () => {
      throw new Error("mine");
    });
    const socket = await stage.start();
    image(socket, [["a", 1, {}]]);
    update(socket, ["a", 2, {}]);
    vi.unstubAllGlobals();

    expect(thrown).toEqual([new Error("mine"), new Error("mine")]);
    expect(stage.client.state).toBe("live");
  });

  test("may be delivered once per animation frame, also where nothing is painted", async () => {
    const stage = new Stage({ schedule: onAnimationFrame });
    const subscription = stage.client.subscribe(PRICES, stage.note);
    const socket = await stage.start();
    image(socket, [["a", 1, {}]]);
    update(socket, ["a", 2, { n: 2 }]);
    update(socket, ["a", 3, { n: 3 }]);
    const isReady = subscription.ready.then(() => stage.heard.length);
    await Promise.resolve();
    expect(stage.heard).toEqual([]);
    vi.advanceTimersByTime(250);

    expect(await isReady).toBe(2);
    expect(stage.heard).toEqual([
      { kind: "entries", entries: [["a", 1, {}]], replace: true },
      { kind: "entries", entries: [["a", 3, { n: 3 }]], replace: false },
    ]);
  });
});
