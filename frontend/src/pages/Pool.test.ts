import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pressSoon as press } from "$lib/press.test-helper";
import { live } from "$lib/state/live.svelte";
import { session } from "$lib/state/session.svelte";
import Pool from "./Pool.svelte";

const POOL = { id: "p1", name: "Sprint tote", event_id: "e1", event_name: "A race", market_name: "Winner", status: "open", is_private: false, currency: "PLY", gross: "0.00", members: 1, takeout_percent: "10", min_stake: "1.00", closes_at: "2030-01-01T00:00:00Z", settled_at: null };
const PAGE = { pool: POOL, creator: "ada", rules: ["Whoever backs the winner shares the pool."], totals: [{ selection_id: "s1", name: "Okafor", stake: "0.00", entries: 0, dividend: null, result: null }], takeout: "0.00", breakage: "0.00", top_up: "0.00", is_member: true, join_code: null, my_entries: [] as object[] };
const TICKETS = [{ id: "t2", selection_name: "Okafor", stake: "5.00", currency: "PLY", status: "open", payout: null, placed_at: "2026-01-02T00:00:00Z" }, { id: "t1", selection_name: "Okafor", stake: "2.00", currency: "PLY", status: "open", payout: null, placed_at: "2026-01-01T00:00:00Z" }];
let page: typeof PAGE;
let answer: (reply: object) => void;

beforeEach(() => {
  page = PAGE;
  live.state = "live";
  session.user = { id: "ada", username: "ada" } as typeof session.user;
  vi.stubGlobal("fetch", (_path: string, init?: RequestInit) => {
    if (init?.method !== "POST") return Promise.resolve(new Response(JSON.stringify(page)));
    return new Promise<Response>((resolve) => (answer = (reply) => resolve(new Response(JSON.stringify(reply)))));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  session.user = null;
  live.state = "connecting";
});

test("the keyboard stays on the button while the stake is taken, and goes on at the new ticket", async () => {
  render(Pool, { parameters: { id: "p1" } });
  await press(/^Okafor/);
  await press("Stake 5");
  const button = await press("Stake 5.00 on Okafor");
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect([button.disabled, document.activeElement === button]).toEqual([false, true]);

  page = { ...PAGE, my_entries: TICKETS };
  answer(TICKETS[0]!);
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe("LI"));
  expect(document.activeElement?.textContent).toContain("5.00");
});

test("whoever joins goes on in the field of the stake", async () => {
  page = { ...PAGE, pool: { ...POOL, is_private: true }, creator: "ben", is_member: false };
  render(Pool, { parameters: { id: "p1" } });
  const code = await screen.findByRole<HTMLInputElement>("textbox", { name: "Join code" });
  code.value = "ABCD";
  code.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Join" }).disabled).toBe(false));
  await press("Join");
  answer({ ...page, is_member: true, join_code: "ABCD" });

  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Stake in Sprint tote" })));
});

test("calling off asks where the keyboard is, gives it back, and ends at what the pool is now", async () => {
  render(Pool, { parameters: { id: "p1" } });
  await press("Call this pool off…");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("Every stake goes back. This cannot be undone."));
  await press("Keep it");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("Call this pool off…"));

  await press("Call this pool off…");
  await press("Call it off");
  answer({ ...PAGE, pool: { ...POOL, status: "cancelled" } });
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("About this pool"));
});
