import { expect, test } from "vitest";
import type { Slip, SlipLeg } from "$lib/api/types";
import { legNotes, legResult, runningReturn } from "./slip_words";

const RUNNER = {
  result: "lost",
  place_result: "won",
  place_terms: { places: 3, fraction: "1/4" },
  void_halves: 0,
  dead_heat: null,
  is_banker: false,
  deduction_percent: 25,
} as SlipLeg;

test("a runner that was placed has lost a bet to win", () => {
  expect(legResult(RUNNER, false)).toEqual({ text: "Lost", tone: "bad" });
  expect(legNotes(RUNNER, false)).toEqual(["Rule 4: 25% off the winnings"]);
});

test("and comes in for an each-way bet", () => {
  expect(legResult(RUNNER, true)).toEqual({ text: "Placed", tone: "good" });
  expect(legNotes(RUNNER, true)).toEqual(["3 places at 1/4 odds", "Rule 4: 25% off the winnings"]);
});

test("what was cashed out returns nothing more", () => {
  const legs = [{ odds: "1.48", is_banker: false }, { odds: "2.18", is_banker: false }];
  const double = { currency: "PLY", stake: "10.00", remaining_stake: "10.00", potential_win: "32.26", line_sizes: [2], line_count: 1, legs } as Slip;

  expect(runningReturn(double)).toBe("32.26");
  expect(runningReturn({ ...double, remaining_stake: "4.50" })).toBe("14.51");
  expect(runningReturn({ ...double, potential_win: "12.00", remaining_stake: "4.50" })).toBe("12.00");
});
