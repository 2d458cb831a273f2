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
  expect(conditionWords(RULES.when, "decimal")).toEqual({ text: "all of these hold", parts: [
    { text: "the phase is second half or half time", parts: [] },
    { text: "the expected value is at least 3%", parts: [] },
    { text: "this does not hold", parts: [{ text: "our price is shorter than 0.8 × the opening price", parts: [] }] },
    { text: "our price is between 1.50 and 4.00", parts: [] },
  ] });
});

test.each([
  ["decimal", ["our price is 1.50 or longer", "the best outside price is longer than 3.00", "our price is between 1.50 and 4.00", "our price is 0.9 × the opening price or shorter"]],
  ["fractional", ["our price is 1/2 or longer", "the best outside price is longer than 2/1", "our price is between 1/2 and 3/1", "our price is 0.9 × the opening price in decimals or shorter"]],
  ["american", ["our price is −200 or longer", "the best outside price is longer than +200", "our price is between −200 and +300", "our price is 0.9 × the opening price in decimals or shorter"]],
  ["percent", ["our price is 66.7% or longer", "the best outside price is longer than 33.3%", "our price is between 66.7% and 25.0%", "our price is 0.9 × the opening price in decimals or shorter"]],
] as const)("prices are in the reader's format: %s", (format, texts) => {
  const when = { kind: "all", of: [
    { kind: "compare", fact: "odds", op: "at_least", value: "1.50" },
    { kind: "compare", fact: "outside_odds", op: "above", value: "3.00" },
    { kind: "between", fact: "odds", low: "1.50", high: "4.00" },
    { kind: "compare", fact: "odds", op: "at_most", value: { fact: "opening_odds", times: 0.9 } },
  ] } as unknown as StrategyRules["when"];

  expect(conditionWords(when, format).parts.map(({ text }) => text)).toEqual(texts);
});

test("stakes, limits and markets are said in words", () => {
  expect(stakingWords(RULES)).toBe("0.25 of Kelly's stake by the model's chance, at most 2% of the bank");
  expect(limitWords(RULES)).toEqual(["starts with a bank of 1,000.00", "at most 1 bet an event and 20 a day", "never more than 50.00 on one bet"]);
  expect(marketWords(RULES.markets)).toBe("full-time result, over under 2.5");
  expect([sharePercent(0.07), sharePercent(0.125), sharePercent(-0.1)]).toEqual(["7%", "12.5%", "-10%"]);
});
