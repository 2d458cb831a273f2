import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Slip } from "$lib/api/types";
import { pressSoon as press } from "$lib/press.test-helper";
import { live } from "$lib/state/live.svelte";
import { prices } from "$lib/state/prices.svelte";
import CashOutPanel from "./CashOutPanel.svelte";

const BET = {
  id: "c1", status: "accepted", bet_type: "single", currency: "PLY", stake: "20.00", remaining_stake: "20.00", line_sizes: [1], line_count: 1,
  legs: [{ selection_id: "ps1", market_id: "pm1", event_id: "pe1", status: "open", deduction_percent: 0, is_banker: false }],
} as unknown as Slip;
const VALUE = { reason: null, margin: "0.050", target: null, taken: [], legs: [{ selection_id: "ps1", struck_odds: "3.20", current_odds: "3.20", factor: null }] };
const quote = (milliseconds: number) => ({ id: "q1", offer: "19.00", stake: "20.00", remaining_stake: "20.00", expires_at: new Date(Date.now() + milliseconds).toISOString() });
let replies: Record<string, (reply: object) => void>;

beforeEach(() => {
  replies = {};
  live.state = "live";
  prices.of("ps1").take(1, "3.20");
  prices.market("pm1").take(1, "active");
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    const kind = path.endsWith("/quote") ? "quote" : init?.method === "POST" ? "take" : "read";
    if (kind === "read") return Promise.resolve(new Response(JSON.stringify(path.endsWith("/cash-out") ? VALUE : {})));
    return new Promise<Response>((resolve) => (replies[kind] = (reply) => resolve(new Response(JSON.stringify(reply)))));
  });
});

afterEach(() => {
  vi.useRealTimers();
  cleanup();
  vi.unstubAllGlobals();
  live.state = "connecting";
});

const focused = () => document.activeElement?.textContent ?? "";

test("the keyboard goes to the offer, and back to the button when the bet is kept", async () => {
  render(CashOutPanel, { bet: BET });

  const button = await press("Cash out 19.00");
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect(document.activeElement).toBe(button);
  replies.quote!(quote(60_000));
  await vi.waitFor(() => expect(focused()).toBe("19.00 for 20.00 of the stake. The bet ends."));

  await press("Keep the bet");
  await vi.waitFor(() => expect(focused()).toBe("Cash out 19.00"));
});

test("it stays on the offer that ends, and on the button while the offer is taken", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  render(CashOutPanel, { bet: BET });
  await press("Cash out 19.00");
  replies.quote!(quote(5_000));
  const take = await screen.findByRole("button", { name: "Take 19.00" });
  take.focus();

  vi.advanceTimersByTime(5_000);
  await screen.findByRole("button", { name: "Ask again" });
  await vi.waitFor(() => expect(focused()).toBe("19.00 for 20.00 of the stake. The bet ends."));
  await press("Ask again");
  replies.quote!(quote(60_000));
  const again = await press("Take 19.00");
  await vi.waitFor(() => expect(again.getAttribute("aria-disabled")).toBe("true"));
  expect(document.activeElement).toBe(again);
});

test("the second press of a double click does not take an offer that has just come", async () => {
  render(CashOutPanel, { bet: BET });
  await press("Cash out 19.00");
  replies.quote!(quote(60_000));
  const take = await screen.findByRole("button", { name: "Take 19.00" });

  take.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 2 }));
  expect([take.getAttribute("aria-busy"), replies.take]).toEqual(["false", undefined]);
  take.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  await vi.waitFor(() => expect([take.getAttribute("aria-busy"), typeof replies.take]).toEqual(["true", "function"]));
});

test("who is elsewhere on the page is left there", async () => {
  render(CashOutPanel, { bet: BET });
  const button = await screen.findByRole("button", { name: "Cash out 19.00" });
  button.click();
  replies.quote!(quote(60_000));
  await screen.findByRole("button", { name: "Take 19.00" });
  expect(document.activeElement).toBe(document.body);
});
