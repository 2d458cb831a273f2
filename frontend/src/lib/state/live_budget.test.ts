import { expect, test } from "vitest";
import type { Slip } from "$lib/api/types";
import { followedSlips } from "./live_budget";
import { profitOf } from "./profit";

const slipOn = (id: string, ...events: string[]): Slip => ({ id, legs: events.map((event_id) => ({ event_id, status: "open" })) }) as unknown as Slip;

test("bets are followed until their events are as many as a socket should hear", () => {
  const slips = [slipOn("a", "e1", "e2"), slipOn("b", "e2", "e3", "e4"), slipOn("c", "e1")];

  expect([...followedSlips(slips, 3)]).toEqual(["a", "c"]);
  expect(followedSlips(slips, 4).size).toBe(3);
});

test("profit counts cash-outs, and a free bet cost nothing", () => {
  const slip = { currency: "PLY", stake: "10.00", payout: "12.50", cashed_out: "1.25", is_free_bet: false } as Slip;

  expect(profitOf([slip])).toBe("3.75");
  expect(profitOf([slip, { ...slip, is_free_bet: true, payout: "0.00", cashed_out: "0.00" }])).toBe("3.75");
});
