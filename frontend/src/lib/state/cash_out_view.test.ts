import { CloseCode } from "touchline-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CashOutValue, Slip } from "$lib/api/types";
import { announcer } from "./announcer.svelte";
import { CashOutView } from "./cash_out_view.svelte";
import { live } from "./live.svelte";
import { session } from "./session.svelte";

const SLIP = {
  id: "c1", status: "accepted", bet_type: "single", currency: "PLY", stake: "20.00", remaining_stake: "20.00", line_sizes: [1], line_count: 1,
  legs: [{ selection_id: "cs1", market_id: "cm1", event_id: "ce1", status: "open", deduction_percent: 0, is_banker: false }],
} as unknown as Slip;
const VALUE = { reason: null, margin: "0.050", target: null, legs: [{ selection_id: "cs1", struck_odds: "3.20", current_odds: "3.20", factor: null }] } as unknown as CashOutValue;
const WALLET = { currency: "PLY", available: "1018.70", held: "0.00", total_winnings: "0.00", total_losses: "0.00" };
let answers: object[];

beforeEach(() => {
  answers = [];
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(answers.shift()), { status: 200 }));
});

afterEach(() => {
  vi.unstubAllGlobals();
  live.state = "connecting";
  live.lossCode = 0;
});

function excluded(): CashOutView {
  live.state = "closed";
  live.lossCode = CloseCode.selfExcluded;
  const view = new CashOutView(() => SLIP);
  view.value = VALUE;
  return view;
}

test("whoever has excluded themselves sees no value, asks for one and takes it", async () => {
  const view = excluded();
  expect([view.offer, view.canAsk]).toEqual([null, true]);

  answers = [{ id: "cq1", offer: "18.70", stake: "20.00", remaining_stake: "20.00", expires_at: new Date(Date.now() + 5_000).toISOString() }];
  await view.ask();
  expect([view.phase, view.quote?.offer]).toEqual(["quoted", "18.70"]);

  answers = [{ cash_out: { paid: "18.70" }, slip: { ...SLIP, status: "cashed_out" } }, { wallets: [WALLET], withdrawals: [] }];
  await view.take();
  expect([view.taken?.paid, session.wallets]).toEqual(["18.70", [WALLET]]);
  expect(announcer.items.map(({ text, link }) => [text, link])).toEqual([["Cashed out: 18.70 is in your wallet.", "/bets/c1"]]);
});

test("without a connection, and for what is settled, there is nothing to ask", () => {
  const settled = excluded();
  settled.value = { ...VALUE, reason: "settled" } as CashOutValue;
  expect([settled.canAsk, settled.reason]).toEqual([false, "settled"]);

  const offline = excluded();
  live.lossCode = 0;
  live.state = "offline";
  expect(offline.canAsk).toBe(false);
});
