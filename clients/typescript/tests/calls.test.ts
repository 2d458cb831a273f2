import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallRefused, FrameTooLarge, NotConnected, OutcomeUnknown, type CallMap } from "touchline-client";
import { ADA, BEN, LIMITS, letTimeGo, Stage, stopTime, welcomeOf } from "./stage.js";

const SLIP: CallMap["place_slip"]["args"] = { stake: "5.00", currency: "PLY", legs: [{ selection_id: "s", odds: "2.00" }] };
const PROBLEM = { type: "about:blank", title: "The odds have changed", status: 409, code: "odds_changed", retryable: false, detail: "They are 1.90 now" };

beforeEach(stopTime);
afterEach(letTimeGo);

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it was carried out"),
    (reason: unknown) => reason,
  );
}

test("a command is sent with its key and resolves to the reply", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = stage.client.call("place_slip", SLIP, { key: "k1" });
  expect(socket.ofKind("call")).toEqual([{ op: "call", id: 2, name: "place_slip", key: "k1", args: SLIP }]);
  socket.hear({ op: "reply", ref: 2, ok: { id: "slip", status: "accepted" } });

  expect(await placed).toEqual({ id: "slip", status: "accepted" });
});

test("a key is made where none is given, another one each time", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  void stage.client.call("place_slip", SLIP).catch(() => undefined);
  void stage.client.call("place_slip", SLIP).catch(() => undefined);
  const keys = socket.ofKind("call").map((frame) => String(frame.key));

  expect(new Set(keys).size).toBe(2);
  expect(keys.every((key) => /^[0-9a-f-]{32,36}$/.test(key))).toBe(true);
  stage.client.close();
});

test("a refusal rejects with all that the server said", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = stage.client.call("place_slip", SLIP, { key: "k1" });
  socket.hear({ op: "reply", ref: 2, error: { ...PROBLEM, retry_after_ms: 300 } });
  const reason = (await reasonOf(placed)) as CallRefused;

  expect(reason).toBeInstanceOf(CallRefused);
  expect([reason.callName, reason.code, reason.status, reason.isRetryable, reason.retryAfterMs, reason.message]).toEqual([
    "place_slip", "odds_changed", 409, false, 300, "They are 1.90 now",
  ]);
});

test("a refusal of the frame itself rejects the call as well", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = stage.client.call("place_slip", SLIP);
  socket.hear({ op: "error", ref: 2, ...PROBLEM, code: "validation_error" });

  expect(await reasonOf(placed)).toMatchObject({ code: "validation_error" });
});

test("without a connection nothing is sent, and that is said", async () => {
  const stage = new Stage();
  stage.client.open();

  expect(await reasonOf(stage.client.call("place_slip", SLIP))).toBeInstanceOf(NotConnected);
});

test("a lost connection leaves the outcome unknown, and the key to repeat it with", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = stage.client.call("place_slip", SLIP, { key: "k1" });
  socket.break();
  const reason = (await reasonOf(placed)) as OutcomeUnknown;

  expect(reason).toBeInstanceOf(OutcomeUnknown);
  expect([reason.key, reason.reason, reason.message]).toEqual(["k1", "connection_lost", "No answer to place_slip: unknown outcome, repeat with the same key"]);
  expect((await stage.comeBack(ADA)).ofKind("call")).toEqual([]);
});

test("if asked to, it is repeated with the same key on the next connection, however often that takes", async () => {
  const stage = new Stage();
  await stage.start(ADA);
  const placed = stage.client.call("place_slip", SLIP, { key: "k1", repeat: true });
  await stage.comeBack(ADA);
  const socket = await stage.comeBack(ADA);
  expect(stage.sockets.map((each) => each.ofKind("call").map((frame) => frame.key))).toEqual([["k1"], ["k1"], ["k1"]]);
  socket.hear({ op: "reply", ref: socket.idOf("call"), ok: { id: "slip" } });

  expect(await placed).toEqual({ id: "slip" });
});

test("if asked to repeat, it also waits for the first connection", async () => {
  const stage = new Stage();
  const read = stage.client.call("mark_read", { conversation_id: "c", seq: 4 }, { repeat: true });
  const socket = await stage.start(ADA);
  socket.hear({ op: "reply", ref: socket.idOf("call"), ok: { unread: 0, conversation_unread: 0 } });

  expect(await read).toEqual({ unread: 0, conversation_unread: 0 });
});

test("nothing is repeated in the name of somebody else", async () => {
  const stage = new Stage();
  await stage.start(ADA);
  const first = reasonOf(stage.client.call("place_slip", SLIP, { repeat: true }));
  const asBen = await stage.comeBack(BEN);
  expect(await first).toBeInstanceOf(OutcomeUnknown);
  expect(asBen.ofKind("call")).toEqual([]);

  const second = reasonOf(stage.client.call("place_slip", SLIP, { repeat: true }));
  stage.client.restart();
  expect(await second).toBeInstanceOf(OutcomeUnknown);
});

test("no answer in time leaves the outcome unknown; a late one changes nothing", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = reasonOf(stage.client.call("place_slip", SLIP, { timeoutMs: 2_000 }));
  vi.advanceTimersByTime(2_000);
  socket.hear({ op: "reply", ref: 2, ok: {} });

  expect(await placed).toMatchObject({ reason: "no_answer_in_time" });
});

test("a server that ends the connection for good ends its calls", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const placed = reasonOf(stage.client.call("place_slip", SLIP, { repeat: true }));
  socket.break(4423);

  expect(await placed).toBeInstanceOf(OutcomeUnknown);
  expect(stage.client.state).toBe("closed");
});

test("more commands than the server takes at once wait for their turn", async () => {
  const stage = new Stage();
  stage.client.open();
  stage.socket.open();
  stage.socket.hear({ ...welcomeOf(ADA), limits: { ...LIMITS, calls_in_flight: 2 } });
  const { socket } = stage;
  const sent = (): unknown[] => socket.ofKind("call").map((frame) => frame.key);
  const calls = ["a", "b", "c"].map((key) => stage.client.call("place_slip", SLIP, { key }));
  expect(sent()).toEqual(["a", "b"]);
  socket.hear({ op: "reply", ref: socket.ofKind("call")[1]!.id, ok: { id: "b" } });

  expect(sent()).toEqual(["a", "b", "c"]);
  expect(await calls[1]).toEqual({ id: "b" });
  const rest = Promise.all([reasonOf(calls[0]!), reasonOf(calls[2]!)]);
  socket.break();
  expect((await rest).map((reason) => (reason as OutcomeUnknown).key)).toEqual(["a", "c"]);
});

test("what waited for its turn and was never sent is known not to be done", async () => {
  const stage = new Stage();
  stage.client.open();
  stage.socket.open();
  stage.socket.hear({ ...welcomeOf(ADA), limits: { ...LIMITS, calls_in_flight: 1 } });
  const calls = ["a", "b"].map((key) => reasonOf(stage.client.call("place_slip", SLIP, { key })));
  stage.socket.break();

  expect(await calls[0]).toBeInstanceOf(OutcomeUnknown);
  expect(await calls[1]).toBeInstanceOf(NotConnected);
});

test("a frame the server would close the socket over is not sent; sizes are those of UTF-8", async () => {
  const stage = new Stage();
  const socket = await stage.start(ADA);
  const body = "⚽".repeat(6_000);
  const reason = await reasonOf(stage.client.call("send_message", { conversation_id: "c", body }, { key: "k" }));

  expect(reason).toBeInstanceOf(FrameTooLarge);
  expect((reason as FrameTooLarge).bytes).toBe(new TextEncoder().encode(JSON.stringify({ op: "call", id: 0, name: "send_message", key: "k", args: { conversation_id: "c", body } })).length);
  expect(socket.ofKind("call")).toEqual([]);
});

test("a refusal that answers nothing in particular is told apart", async () => {
  const stage = new Stage();
  const refusals: unknown[] = [];
  stage.client.on("refusal", (refusal) => refusals.push(refusal.code));
  (await stage.start()).hear({ op: "error", ...PROBLEM, code: "rate_limited" });

  expect(refusals).toEqual(["rate_limited"]);
});
