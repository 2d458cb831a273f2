import { expect, test } from "vitest";
import type { StrategyRules } from "$lib/api/types";
import { conditionWords, limitWords, marketWords, sharePercent, stakingWords } from "./rules_words";

const RULES = {
  version: 1, bank: "1000.00", markets: ["1x2", "over_under;total=2.5"], pick: "best",
  when: { kind: "all", of: [
    { kind: "is", fact: "phase", values: ["second_half", "half_time"] },
    { kind: "compare", fact: "expected_value", op: "at_least", value: 0.03 },
    { kind: "not", of: { kind: "compare", fact: "odds", op: "below", value: { fact: "opening_odds", times: 0.8 } } },
    { kind: "any", of: [{ kind: "between", fact: "odds", low: "1.50", high: "4.00" }] },
  ] },
  staking: { plan: "kelly", fraction: "0.25", cap_percent: "2", probability: "model" },
  limits: { bets_per_event: 1, bets_per_day: 20, stake_max: "50.00", stop_loss: null },
} as unknown as StrategyRules;

test("conditions are read as a nested list", () => {
  expect(conditionWords(RULES.when)).toEqual({ text: "all of these hold", parts: [
    { text: "the phase is second half or half time", parts: [] },
    { text: "the expected value is at least 3%", parts: [] },
    { text: "this does not hold", parts: [{ text: "our price is below 0.8 × the opening price", parts: [] }] },
    { text: "our price is between 1.50 and 4.00", parts: [] },
  ] });
});

test("stakes, limits and markets are said in words", () => {
  expect(stakingWords(RULES)).toBe("0.25 of Kelly's stake by the model's chance, at most 2% of the bank");
  expect(limitWords(RULES)).toEqual(["starts with a bank of 1,000.00", "at most 1 bet an event and 20 a day", "never more than 50.00 on one bet"]);
  expect(marketWords(RULES.markets)).toBe("full-time result, over under 2.5");
  expect([sharePercent(0.07), sharePercent(0.125), sharePercent(-0.1)]).toEqual(["7%", "12.5%", "-10%"]);
});
