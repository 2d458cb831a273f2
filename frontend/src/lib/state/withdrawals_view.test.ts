import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WithdrawalsView } from "./withdrawals_view.svelte";

const ONE = { id: "w1", currency: "GBP", amount: "20.00", status: "requested" as const, requested_at: "2026-01-01T00:00:00Z", decided_at: null, paid_at: null, failed_at: null, payout_reference: "", explanation: "" };

let sent: { path: string; key: string | null; body: unknown }[];
let answers: (() => Response)[];

const refusal = (status: number, problem: object) => () => new Response(JSON.stringify({ title: "No", status, ...problem }), { status });

beforeEach(() => {
  sent = [];
  answers = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push({ path, key: new Headers(init.headers).get("Idempotency-Key"), body: init.body ? JSON.parse(String(init.body)) : null });
    return Promise.resolve(answers.shift()?.() ?? new Response(JSON.stringify(ONE), { status: 201 }));
  });
});

afterEach(() => vi.unstubAllGlobals());

test("an amount is asked for exactly, and stands in front of the list", async () => {
  const view = new WithdrawalsView();
  view.items = [{ ...ONE, id: "w0", status: "paid" }];
  view.amount = "20";

  await view.send("GBP");

  expect(sent.map(({ path, body }) => [path, body])).toEqual([["/api/withdrawals", { currency: "GBP", amount: "20.00" }]]);
  expect(view.items.map(({ id }) => id)).toEqual(["w1", "w0"]);
  expect(view).toMatchObject({ amount: "", message: "", isBusy: false });
});

test.each(["", "0", "-5", "1.005", "much"])("%j is not sent", async (amount) => {
  const view = new WithdrawalsView();
  view.amount = amount;

  await view.send("GBP");

  expect(sent).toEqual([]);
  expect(view.message).toBe("Enter an amount, such as 20.00.");
});

test("a lost answer is repeated under its key; the next amount has its own", async () => {
  const view = new WithdrawalsView();
  answers = [refusal(503, { code: "temporarily_unavailable" })];
  view.amount = "20";
  await view.send("GBP");
  await view.send("GBP");
  view.amount = "20";
  await view.send("GBP");

  expect(sent[1]!.key).toBe(sent[0]!.key);
  expect(sent[2]!.key).not.toBe(sent[1]!.key);
});

test.each([
  [403, { code: "compliance_required", checks: ["identity", "age"] }, "Before funds can leave, our staff have to check who you are and how old you are. Nothing has moved."],
  [422, { code: "withdrawal_below_min", min_amount: "10.00" }, "The smallest amount is £10.00."],
  [409, { code: "insufficient_funds" }, "Your balance does not cover this amount."],
])("a refusal %i says what to do and keeps the amount", async (status, problem, words) => {
  const view = new WithdrawalsView();
  answers = [refusal(status, problem)];
  view.amount = "5";

  await view.send("GBP");

  expect(view).toMatchObject({ message: words, amount: "5", items: [] });
});

test("cancelling and what the stream says change the one it is about", async () => {
  const view = new WithdrawalsView();
  view.items = [ONE, { ...ONE, id: "w0" }];
  answers = [() => new Response(JSON.stringify({ ...ONE, status: "cancelled" }))];

  await view.cancel(ONE);
  view.hear({ ...ONE, id: "w0", status: "approved" });

  expect(sent[0]!.path).toBe("/api/withdrawals/w1/cancel");
  expect(view.items.map(({ id, status }) => [id, status])).toEqual([["w1", "cancelled"], ["w0", "approved"]]);
});
