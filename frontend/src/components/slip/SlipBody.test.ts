import { cleanup, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { live } from "$lib/state/live.svelte";
import { prices } from "$lib/state/prices.svelte";
import { session } from "$lib/state/session.svelte";
import { slip } from "$lib/state/slip.svelte";
import SlipBody from "./SlipBody.svelte";

const PICK = { selectionId: "k1", marketId: "km1", eventId: "ke1", selectionName: "Arsenal", marketName: "Full-time result", eventName: "Arsenal v Chelsea" };
const RECEIPT = { id: "kb1", status: "accepted", stake: "10.00", odds: "2.62", potential_win: "26.20", currency: "PLY", bet_type: "single", line_count: 1, legs: [], payout: null, settled_at: null };
let answer: (reply: Response) => void;

beforeEach(() => {
  sessionStorage.clear();
  live.state = "live";
  vi.stubGlobal("fetch", (path: string) => (path.includes("/api/slips") && !path.includes("quote") ? new Promise<Response>((resolve) => (answer = resolve)) : new Promise(() => {})));
  session.user = { id: "ada", username: "ada" } as typeof session.user;
  session.wallets = [{ currency: "PLY", available: "1000.00", held: "0.00", total_winnings: "0.00", total_losses: "0.00" }];
  prices.of("k1").take(1, "2.62");
  prices.market("km1").take(1, "active");
  slip.toggle(PICK);
  slip.lines[0]!.setStake("10");
});

afterEach(() => {
  cleanup();
  slip.clear();
  vi.unstubAllGlobals();
  session.user = null;
  live.state = "connecting";
});

test("the keyboard stays on the button while the bet is on its way, and goes on to what follows", async () => {
  render(SlipBody);
  const button = screen.getByRole("button", { name: "Place 10.00 to return 26.20" });
  button.focus();
  button.click();
  await vi.waitFor(() => expect(button.textContent).toBe("Placing…"));
  expect([(button as HTMLButtonElement).disabled, button.getAttribute("aria-disabled"), document.activeElement === button]).toEqual([false, "true", true]);
  button.click();

  answer(new Response(JSON.stringify(RECEIPT), { status: 201 }));
  await vi.waitFor(() => expect(slip.lines[0]!.phase).toBe("placed"));
  flushSync();
  expect(document.activeElement?.textContent).toBe("Done");
});

test("a double click accepts a price and does not place at it; a press after that does", async () => {
  const keys: unknown[] = [];
  vi.stubGlobal("fetch", (path: string, request: RequestInit) => {
    if (path.includes("/api/slips") && !path.includes("quote")) keys.push(new Headers(request.headers).get("idempotency-key"));
    return new Promise(() => {});
  });
  slip.setPolicy("none");
  prices.of("k1").take(2, "2.50");
  render(SlipBody);
  const button = screen.getByRole("button", { name: "Accept 2.50" });
  const press = (detail: number) => {
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail }));
    flushSync();
  };

  press(1);
  expect(button.textContent).toBe("Place 10.00 to return 25.00");
  press(2);
  expect([button.textContent, keys.length]).toEqual(["Place 10.00 to return 25.00", 0]);
  press(1);
  await vi.waitFor(() => expect([button.textContent, keys.length]).toEqual(["Placing…", 1]));
});
