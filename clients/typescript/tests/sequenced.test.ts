import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ADA, BEN, letTimeGo, Stage, stopTime, type FakeSocket } from "./stage.js";

const TOPIC = "user:1";

beforeEach(stopTime);
afterEach(letTimeGo);

function begin(socket: FakeSocket, position: string, image: object = {}): void {
  socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: TOPIC, lane: "sequenced", pos: position, image });
}

function resume(socket: FakeSocket, position: string): void {
  socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: TOPIC, lane: "sequenced", pos: position, resumed: true });
}

function change(socket: FakeSocket, epoch: string, ...numbers: number[]): void {
  const changes = numbers.map((seq) => ({ seq, type: "slip.placed" }));
  socket.hear({ op: "update", topic: TOPIC, pt: Date.now(), pos: `${epoch}:${numbers.at(-1)}`, changes });
}

async function joined(position = "x:7"): Promise<[Stage, FakeSocket]> {
  const stage = new Stage();
  stage.client.subscribe(TOPIC, stage.note);
  const socket = await stage.start();
  begin(socket, position);
  return [stage, socket];
}

function numbers(stage: Stage): number[] {
  return stage.heard.flatMap((event) => ("change" in (event as object) ? [(event as { change: { seq: number } }).change.seq] : []));
}

test("is live when every image is there, and not before", async () => {
  const stage = new Stage();
  stage.client.subscribe("lobby:scores", stage.note);
  stage.client.subscribe(TOPIC, stage.note);
  const socket = await stage.start();
  expect(socket.ofKind("subscribe")).toEqual([{ op: "subscribe", id: 1, topics: [{ topic: "lobby:scores" }, { topic: TOPIC }] }]);
  expect(stage.client.state).toBe("connecting");

  socket.hear({ op: "subscribed", ref: 1, topic: "lobby:scores", lane: "conflated", pos: "v:3", image: { entries: [["e1", 3, { a: 1 }]] } });
  expect(stage.client.state).toBe("connecting");
  begin(socket, "x:7", { wallets: [] });

  expect(stage.client.state).toBe("live");
  expect(stage.heard).toEqual([
    { kind: "entries", entries: [["e1", 3, { a: 1 }]], replace: true },
    { kind: "image", image: { wallets: [] } },
  ]);
});

test("applies each change once and in order, whatever is doubled", async () => {
  const [stage, socket] = await joined();
  change(socket, "x", 8);
  change(socket, "x", 8);
  change(socket, "x", 7, 8, 9);
  change(socket, "x", 9);
  change(socket, "x", 10);

  expect(numbers(stage)).toEqual([8, 9, 10]);
  expect(stage.client.state).toBe("live");
});

test("resumes from where it was after the connection is lost, and is live when it has caught up", async () => {
  const [stage, first] = await joined();
  change(first, "x", 8);
  const second = await stage.comeBack();
  expect(second.asked).toEqual([{ topic: TOPIC, since: "x:8" }]);
  expect(stage.client.state).toBe("resyncing");

  resume(second, "x:10");
  expect(stage.client.state).toBe("resyncing");
  change(second, "x", 9);
  expect(stage.client.state).toBe("resyncing");
  change(second, "x", 10);

  expect(stage.client.state).toBe("live");
  expect(numbers(stage)).toEqual([8, 9, 10]);
});

test("is live at once when nothing happened meanwhile", async () => {
  const [stage] = await joined();
  resume(await stage.comeBack(), "x:7");

  expect(stage.client.state).toBe("live");
});

test("asks again when a change is missing, once, from the last that is whole", async () => {
  const [stage, socket] = await joined();
  change(socket, "x", 9);
  change(socket, "x", 10);
  await Promise.resolve();

  expect(stage.client.state).toBe("resyncing");
  expect(socket.ofKind("subscribe")).toHaveLength(2);
  expect(socket.asked).toEqual([{ topic: TOPIC, since: "x:7" }]);
  resume(socket, "x:10");
  change(socket, "x", 8, 9, 10);
  expect(numbers(stage)).toEqual([8, 9, 10]);
  expect(stage.client.state).toBe("live");
});

test("puts reordered changes in order by asking again", async () => {
  const [stage, socket] = await joined();
  change(socket, "x", 9);
  change(socket, "x", 8);
  await Promise.resolve();
  resume(socket, "x:9");
  change(socket, "x", 8, 9);

  expect(numbers(stage)).toEqual([8, 9]);
  expect(stage.client.state).toBe("live");
});

test("keeps what came before a hole inside a frame", async () => {
  const [stage, socket] = await joined();
  change(socket, "x", 8, 10);
  await Promise.resolve();

  expect(numbers(stage)).toEqual([8]);
  expect(socket.asked).toEqual([{ topic: TOPIC, since: "x:8" }]);
});

test("asks for an image when resuming leads to the same hole", async () => {
  const [stage, socket] = await joined();
  change(socket, "x", 9);
  await Promise.resolve();
  resume(socket, "x:9");
  change(socket, "x", 9);
  await Promise.resolve();
  expect(socket.asked).toEqual([{ topic: TOPIC }]);

  begin(socket, "x:9", { n: 2 });
  expect(stage.client.state).toBe("live");
  expect(stage.heard.at(-1)).toEqual({ kind: "image", image: { n: 2 } });
});

test("another epoch is a gap, and an answer in another epoch is not continued", async () => {
  const [stage, socket] = await joined();
  change(socket, "y", 8);
  await Promise.resolve();
  expect(socket.asked).toEqual([{ topic: TOPIC, since: "x:7" }]);

  resume(socket, "y:8");
  vi.advanceTimersByTime(1_000);
  await Promise.resolve();
  expect(socket.asked).toEqual([{ topic: TOPIC }]);
  begin(socket, "y:8", { n: 2 });
  change(socket, "y", 9);
  expect(numbers(stage)).toEqual([9]);
  expect(stage.client.state).toBe("live");
});

test("replaces its state by the image that follows a resync", async () => {
  const [stage, socket] = await joined();
  socket.hear({ op: "resync", topic: TOPIC, reason: "history_lost" });
  expect(stage.client.state).toBe("resyncing");
  change(socket, "y", 1);

  socket.hear({ op: "subscribed", topic: TOPIC, lane: "sequenced", pos: "y:1", image: { n: 2 } });
  change(socket, "y", 2);

  expect(stage.client.state).toBe("live");
  expect(stage.heard.slice(1)).toEqual([{ kind: "image", image: { n: 2 } }, { kind: "change", change: { seq: 2, type: "slip.placed" } }]);
  expect(socket.ofKind("subscribe")).toHaveLength(1);
});

test("a resync while resuming ends in the image that answers", async () => {
  const [stage] = await joined();
  const socket = await stage.comeBack();
  socket.hear({ op: "resync", topic: TOPIC, reason: "history_lost" });
  begin(socket, "y:0", { n: 2 });

  expect(stage.client.state).toBe("live");
  expect(stage.heard.at(-1)).toEqual({ kind: "image", image: { n: 2 } });
});

test("an answer to an older question is passed over", async () => {
  const stage = new Stage();
  const first = stage.client.subscribe(TOPIC, stage.note);
  const socket = await stage.start();
  first.end();
  stage.client.subscribe(TOPIC, stage.note);
  await Promise.resolve();
  socket.hear({ op: "subscribed", ref: 1, topic: TOPIC, lane: "sequenced", pos: "x:1", image: { n: 1 } });
  change(socket, "x", 2);
  expect(stage.heard).toEqual([]);

  begin(socket, "x:3", { n: 3 });
  expect(stage.heard).toEqual([{ kind: "image", image: { n: 3 } }]);
});

test("asks again when no answer comes within ten seconds", async () => {
  const stage = new Stage();
  stage.client.subscribe(TOPIC, stage.note);
  const socket = await stage.start();
  for (let second = 0; second < 10; second += 1) {
    vi.advanceTimersByTime(1_000);
    socket.hear({ op: "reply", ref: socket.idOf("ping"), ok: { t: Date.now() } });
  }
  await Promise.resolve();

  expect(socket.ofKind("subscribe")).toHaveLength(2);
});

test("positions are forgotten when somebody else is signed in, and on a restart", async () => {
  const stage = new Stage();
  stage.client.subscribe(TOPIC, stage.note);
  begin(await stage.start(ADA), "x:7");
  const asBen = await stage.comeBack(BEN);
  expect(asBen.asked).toEqual([{ topic: TOPIC }]);

  begin(asBen, "x:7");
  stage.client.restart();
  expect(stage.client.state).toBe("connecting");
  expect((await stage.welcome(BEN)).asked).toEqual([{ topic: TOPIC }]);
});

test("puts a large image together from its segments, and starts over when the connection is lost between them", async () => {
  const stage = new Stage();
  stage.client.subscribe(TOPIC, stage.note);
  const segments = (socket: FakeSocket, ...parts: string[]): (() => void)[] =>
    parts.map((part, segment) => () => socket.hear({ op: "subscribed", ref: socket.idOf("subscribe"), topic: TOPIC, lane: "sequenced", pos: "x:7", segment, segments: parts.length, part }));
  segments(await stage.start(), '{"thread":', '"lost"}')[0]!();
  expect(stage.client.state).toBe("connecting");
  const socket = await stage.comeBack();
  expect(socket.asked).toEqual([{ topic: TOPIC }]);
  for (const tell of segments(socket, '{"thread":', '{"title":"An', ' evening"}}')) tell();
  change(socket, "x", 8);

  expect(stage.heard).toEqual([
    { kind: "image", image: { thread: { title: "An evening" } } },
    { kind: "change", change: { seq: 8, type: "slip.placed" } },
  ]);
  expect(stage.client.state).toBe("live");
});

test("a connection cut after any frame ends in the same state, without a doubled or missing change", async () => {
  const story = (socket: FakeSocket): (() => void)[] => [
    () => begin(socket, "x:3", {}),
    () => change(socket, "x", 4),
    () => change(socket, "x", 5, 6),
    () => change(socket, "x", 6),
    () => change(socket, "x", 7),
  ];
  for (let cut = 0; cut <= 5; cut += 1) {
    const stage = new Stage();
    stage.client.subscribe(TOPIC, stage.note);
    for (const tell of story(await stage.start()).slice(0, cut)) tell();
    const socket = await stage.comeBack();
    const [request] = socket.asked as { since?: string }[];
    const since = Number(request?.since?.split(":")[1] ?? 3);
    if (request?.since) resume(socket, "x:7");
    else begin(socket, "x:3");
    if (since < 7) change(socket, "x", ...Array.from({ length: 7 - since }, (_, index) => since + 1 + index));

    expect([cut, numbers(stage), stage.client.state]).toEqual([cut, [4, 5, 6, 7], "live"]);
  }
});
