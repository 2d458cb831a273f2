import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallRefused, NotConnected } from "touchline-client";
import { ADA, letTimeGo, Stage, stopTime } from "./stage.js";

const REFUSED = { op: "error", type: "about:blank", title: "This socket ticket is not valid any more", status: 401, code: "ticket_invalid", retryable: false };

beforeEach(stopTime);
afterEach(letTimeGo);

async function turn(): Promise<void> {
  for (let step = 0; step < 4; step += 1) await Promise.resolve();
}

test("a fresh ticket is asked for before each hello", async () => {
  let issued = 0;
  const stage = new Stage({ getTicket: async () => `t${(issued += 1)}` });
  stage.client.open();
  await turn();
  const first = await stage.welcome(ADA);
  first.break();
  vi.advanceTimersByTime(200);
  await turn();
  const second = await stage.welcome(ADA);

  expect([first.sent[0], second.sent[0]]).toEqual([{ op: "hello", v: 1, ticket: "t1" }, { op: "hello", v: 1, ticket: "t2" }]);
});

test("no ticket is a visit", async () => {
  const stage = new Stage({ getTicket: () => null });
  stage.client.open();
  await turn();
  await stage.welcome();

  expect(stage.socket.sent[0]).toEqual({ op: "hello", v: 1 });
});

test("a ticket that cannot be had is a failed attempt", async () => {
  const getTicket = vi.fn().mockRejectedValueOnce(new Error("offline")).mockResolvedValue("t2");
  const stage = new Stage({ getTicket });
  stage.client.open();
  await turn();
  expect([stage.sockets.length, stage.client.state, stage.losses[0]!.retryMs]).toEqual([0, "offline", 200]);
  vi.advanceTimersByTime(200);
  await turn();

  expect(stage.sockets).toHaveLength(1);
});

test("a ticket that never comes is given up", async () => {
  const stage = new Stage({ getTicket: () => new Promise(() => undefined) });
  stage.client.open();
  vi.advanceTimersByTime(20_000);

  expect(stage.client.state).toBe("offline");
});

test("a ticket that comes after the client was closed opens nothing", async () => {
  let give: (ticket: string) => void = () => undefined;
  const stage = new Stage({ getTicket: () => new Promise((resolve) => (give = resolve)) });
  stage.client.open();
  stage.client.close();
  give("late");
  await turn();

  expect(stage.sockets).toHaveLength(0);
});

test("a refused ticket is followed by another, less and less often", async () => {
  const stage = new Stage({ getTicket: () => "t" });
  const refusals: string[] = [];
  stage.client.on("refusal", (refusal) => refusals.push(refusal.code));
  stage.client.open();
  await turn();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    stage.socket.open();
    stage.socket.hear(REFUSED);
    stage.socket.hear({ op: "bye", code: 4401, reconnect: false, retry_ms: 100 });
    vi.advanceTimersByTime(stage.losses.at(-1)!.retryMs!);
    await turn();
  }

  expect(refusals).toEqual(["ticket_invalid", "ticket_invalid", "ticket_invalid"]);
  expect(stage.losses.map((loss) => loss.retryMs)).toEqual([300, 500, 900]);
});

test("identity is renewed in place, and what was refused is asked for again", async () => {
  const stage = new Stage();
  stage.client.subscribe("user:ada", stage.note);
  const socket = await stage.start();
  socket.hear({ ...REFUSED, code: "forbidden", ref: socket.idOf("subscribe"), topic: "user:ada" });
  const renewed = stage.client.renew("t1");
  await turn();
  expect(socket.ofKind("auth")).toEqual([{ op: "auth", id: 3, ticket: "t1" }]);
  socket.hear({ op: "reply", ref: 3, ok: { user: ADA } });

  expect(await renewed).toEqual(ADA);
  await turn();
  expect(stage.client.user).toEqual(ADA);
  expect(socket.ofKind("subscribe")).toHaveLength(2);
});

test("a renewal takes its ticket from where hello does, and may be refused", async () => {
  const stage = new Stage({ getTicket: () => "t" });
  stage.client.open();
  await turn();
  await stage.welcome(ADA);
  const renewed = stage.client.renew();
  await turn();
  stage.socket.hear({ op: "reply", ref: stage.socket.idOf("auth"), error: REFUSED });

  await expect(renewed).rejects.toBeInstanceOf(CallRefused);
  await expect(new Stage().client.renew()).rejects.toBeInstanceOf(NotConnected);
});
