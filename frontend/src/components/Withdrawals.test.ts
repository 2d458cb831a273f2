import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { press } from "$lib/press.test-helper";
import { WithdrawalsView } from "$lib/state/withdrawals_view.svelte";
import Withdrawals from "./Withdrawals.svelte";

const ONE = { id: "w1", currency: "GBP", amount: "20.00", status: "requested" as const, requested_at: "2026-01-01T00:00:00Z", decided_at: null, paid_at: null, failed_at: null, payout_reference: "", explanation: "" };
const WALLET = { currency: "GBP", available: "100.00", held: "0.00", total_winnings: "0.00", total_losses: "0.00" };
let view: WithdrawalsView;
let answer: (reply: Response) => void;

beforeEach(() => {
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (answer = resolve)));
  view = new WithdrawalsView();
  view.terms = [{ currency: "GBP", min_amount: "10.00" }];
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("the keyboard stays on Withdraw while funds are asked for and afterwards", async () => {
  view.amount = "20";
  render(Withdrawals, { view, wallet: WALLET });

  const button = press("Withdraw");
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect([button.disabled, document.activeElement === button]).toEqual([false, true]);

  answer(new Response(JSON.stringify(ONE), { status: 201 }));
  await vi.waitFor(() => expect(screen.getByText("Waiting to be looked at")).toBeTruthy());
  expect([button.getAttribute("aria-disabled"), document.activeElement === button]).toEqual([null, true]);
});

test("the keyboard goes from Cancel to the row that says so, also where the stream was first", async () => {
  view.items = [ONE, { ...ONE, id: "w0", status: "paid" }];
  render(Withdrawals, { view, wallet: WALLET });

  const button = press("Cancel");
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  view.hear({ ...ONE, status: "cancelled" });
  await vi.waitFor(() => expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull());

  answer(new Response(JSON.stringify({ ...ONE, status: "cancelled" })));
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe("LI"));
  expect(document.activeElement?.textContent).toContain("Cancelled");
});

test("a refusal leaves the keyboard on Cancel, and who went elsewhere stays there", async () => {
  view.items = [ONE];
  render(Withdrawals, { view, wallet: WALLET });

  const button = press("Cancel");
  answer(new Response(JSON.stringify({ title: "No", status: 409, code: "version_conflict" }), { status: 409 }));
  await vi.waitFor(() => expect(screen.getByRole("alert")).toBeTruthy());
  expect(document.activeElement).toBe(button);

  press("Cancel");
  const field = screen.getByRole("textbox");
  field.focus();
  answer(new Response(JSON.stringify({ ...ONE, status: "cancelled" })));
  await vi.waitFor(() => expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull());
  expect(document.activeElement).toBe(field);
});
