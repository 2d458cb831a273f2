import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Slip } from "$lib/api/types";
import { bets } from "$lib/state/bets.svelte";
import Bets from "./Bets.svelte";

const slip = (id: string) => ({ id, status: "accepted", bet_type: "single", currency: "PLY", stake: "20.00", remaining_stake: "20.00", potential_win: "40.00", cashed_out: "0.00", line_sizes: [1], line_count: 1, odds: "2.00", placed_at: "2026-01-01T00:00:00Z", settled_at: null, is_each_way: false, is_free_bet: false, legs: [{ selection_id: `s${id}`, market_id: `m${id}`, event_id: `e${id}`, selection_name: "Ada", market_name: "Winner", event_name: "A race", odds: "2.00", status: "open", result: null, is_banker: false, deduction_percent: 0, place_terms: null }] }) as unknown as Slip;

beforeEach(() => {
  const worth = { reason: "not_offered", margin: "0.050", target: null, taken: [], legs: [] };
  vi.stubGlobal("fetch", async (path: string) => new Response(JSON.stringify(path.endsWith("/cash-out") ? worth : { items: [slip("b1"), slip("b2")], next_cursor: null, markets: [] })));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("a bet that ends gives the keyboard to the choice of which bets are shown", async () => {
  render(Bets, { parameters: {} });
  await vi.waitFor(() => expect(screen.getAllByRole("article").length).toBeGreaterThan(1));
  const link = screen.getAllByRole("link", { name: "A race" })[0]!;
  const first = bets.open[0]!;
  link.focus();

  bets.take({ ...first, status: "cashed_out" });

  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("link", { name: /^Open/ })));

  screen.getByRole("link", { name: "A race" }).focus();
  bets.take({ ...bets.open[0]!, status: "cashed_out" });
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("link", { name: /^Open/ })));
  expect(screen.getByText("No open bets")).toBeTruthy();
  bets.take({ ...first, status: "accepted" });
  await vi.waitFor(() => expect(screen.getByRole("link", { name: "A race" })).toBeTruthy());
});
