import { afterEach, beforeEach, expect, test } from "vitest";
import { TouchlineClient, type KeyedEntry } from "touchline-client";
import { SocketServer } from "./socket_server.js";

let server: SocketServer;
let client: TouchlineClient;
let url: string;
let seen: number[];
let images: number;
let prices: Map<string, unknown>;

beforeEach(async () => {
  server = new SocketServer();
  url = await server.listen();
  client = new TouchlineClient({ url });
  seen = [];
  images = 0;
  prices = new Map();
});

afterEach(async () => {
  client.close();
  await server.stop();
});

function listen(): void {
  client.subscribe("user:1", (event) => {
    if (event.kind === "change") seen.push(event.change.seq);
    else {
      images += 1;
      seen = [...(event.image as { seen: number[] }).seen];
    }
  });
  client.subscribe("lobby:prices", ({ entries, replace }) => {
    if (replace) prices.clear();
    for (const [key, , value] of entries as KeyedEntry[]) {
      if (value === null) prices.delete(key);
      else prices.set(key, value);
    }
  });
}

/** Resolves when the client is in that state. */
async function reached(state: string): Promise<void> {
  if (client.state === state) return;
  await new Promise<void>((resolve) => {
    const end = client.on("state", (now) => {
      if (now !== state) return;
      end();
      resolve();
    });
  });
}

test("hears a server over the WebSocket of this Node, with the document, window and timers of none", async () => {
  expect([typeof document, typeof window, typeof WebSocket]).toEqual(["undefined", "undefined", "function"]);
  server.publish();
  listen();
  client.open();
  await reached("live");
  server.publish();
  expect(await client.call("mark_read", { conversation_id: "c", seq: 1 }, { key: "k" })).toEqual({ id: "k" });

  expect(seen).toEqual([1, 2]);
  expect(prices).toEqual(new Map([["k1", { odds: "1.00" }], ["k2", { odds: "2.00" }]]));
  expect(client.latency.roundTripMs).toBeGreaterThanOrEqual(0);
});

test("cut at 240 places of handshake, welcome, image, replay and update, it ends where the server is", async () => {
  // The long ones first, so that there is something to resume when the short ones come.
  const cuts = Array.from({ length: 240 }, (_, index) => 1 + index * 11).reverse();
  server.cuts = [...cuts];
  for (let count = 0; count < 6; count += 1) server.publish();
  listen();
  const states = new Set<string>();
  client.on("state", (state) => states.add(state));
  const isThrough = new Promise<void>((resolve) => {
    client.on("loss", () => {
      server.publish();
      if (server.cuts.length === 0) resolve();
      // Not to sit out the waits between attempts, which other tests look at.
      setImmediate(() => client.hurry());
    });
  });
  // What is live moves all the time, so that cuts fall into updates as well.
  const mover = setInterval(() => client.state === "live" && server.publish(), 1);
  client.open();
  await isThrough;
  await reached("live");
  clearInterval(mover);
  await client.call("mark_read", { conversation_id: "c", seq: 1 }); // its answer comes after all that was published

  expect(server.connections).toBe(cuts.length + 1);
  expect(seen).toEqual(server.log.map(({ seq }) => seq));
  expect(prices).toEqual(new Map([...server.prices].map(([key, [, value]]) => [key, value])));
  expect(images).toBe(1);
  expect([...states].sort()).toEqual(["connecting", "live", "offline", "resyncing"]);
});

test("a command that is repeated over broken connections is asked for again with the same key and done once", async () => {
  client.on("loss", () => setImmediate(() => client.hurry()));
  // Some fall behind the welcome and before the end of the answer.
  server.cuts = Array.from({ length: 100 }, (_, index) => 400 + index * 4);
  client.open();
  const reply = await client.call("mark_read", { conversation_id: "c", seq: 1 }, { key: "k", repeat: true });

  expect(reply).toEqual({ id: "k" });
  expect([...server.done]).toEqual(["k"]);
  expect(server.callsHeard).toBeGreaterThan(1);
});

test("a draining server is left, and found again after the wait it named", async () => {
  listen();
  client.open();
  await reached("live");
  const losses: unknown[] = [];
  client.on("loss", ({ code, retryMs }) => losses.push([code, retryMs]));
  server.drain();
  await reached("offline");
  server.publish();
  await reached("live");

  expect(losses).toEqual([[4503, 10]]);
  expect(seen).toEqual([1]);
  expect(server.connections).toBe(2);
});

test("where nobody listens the client keeps trying, and says so", async () => {
  await server.stop();
  const losses: number[] = [];
  const lost = new Promise<void>((resolve) => {
    client.on("loss", ({ code }) => {
      losses.push(code);
      resolve();
    });
  });
  client.open();
  await lost;

  expect([losses, client.state]).toEqual([[1006], "offline"]);
  server = new SocketServer();
  await server.listen();
});
