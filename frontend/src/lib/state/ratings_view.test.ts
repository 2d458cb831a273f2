import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RatingsView } from "./ratings_view.svelte";

const MINE = { id: "r1", subject_id: "s1", user: { id: "u1", username: "ben", display_name: "Ben" }, is_mine: true, rating: 4, review: "Steady", submitted_at: "2026-01-01T00:00:00Z" };
const NONE = { average: null, count: 0, mine: null, items: [], next_cursor: null };
const ONE = { average: 4, count: 1, mine: MINE, items: [MINE], next_cursor: null };

let sent: { key: string | null; body: unknown }[];
let page: object;
let refusals: (() => Response)[];

beforeEach(() => {
  sent = [];
  refusals = [];
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    if (init.method === "GET") return Promise.resolve(new Response(JSON.stringify(page)));
    sent.push({ key: new Headers(init.headers).get("Idempotency-Key"), body: JSON.parse(String(init.body)) });
    return Promise.resolve(refusals.shift()?.() ?? new Response(JSON.stringify(MINE), { status: 201 }));
  });
});

afterEach(() => vi.unstubAllGlobals());

test("a word is said once stars are chosen, and shown with what all say", async () => {
  page = NONE;
  const view = new RatingsView("s1");
  await view.load();
  view.words = " Steady ";
  expect(view.canSend).toBe(false);

  view.choose(4);
  page = ONE;
  await view.send();

  expect(sent.map(({ body }) => body)).toEqual([{ strategy_id: "s1", rating: 4, review: "Steady" }]);
  expect(view).toMatchObject({ isSent: true, message: "", ratings: { average: 4 } });
});

test("one's own rating comes back to be changed, and not sent again as it was", async () => {
  page = ONE;
  const view = new RatingsView("s1");
  await view.load();

  expect(view).toMatchObject({ stars: 4, words: "Steady", canSend: false });
  view.choose(2);
  expect(view.canSend).toBe(true);
});

test("a lost answer is repeated under its key; another word has its own", async () => {
  page = NONE;
  const view = new RatingsView("s1");
  await view.load();
  view.choose(3);
  refusals = [() => new Response(JSON.stringify({ title: "Away", code: "temporarily_unavailable" }), { status: 503 })];
  await view.send();
  expect(view.message).toBe("Away");

  await view.send();
  view.choose(5);
  await view.send();

  expect(sent[1]!.key).toBe(sent[0]!.key);
  expect(sent[2]!.key).not.toBe(sent[1]!.key);
});
