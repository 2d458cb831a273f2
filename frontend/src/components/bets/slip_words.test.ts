import { expect, test } from "vitest";
import type { SlipLeg } from "$lib/api/types";
import { legNotes, legResult } from "./slip_words";

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
