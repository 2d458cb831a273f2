/**
 * The rules of a strategy in words, as a nested list: what a person who reads no JSON needs to know before rating it.
 * The rules have their prices in decimals; the words have them as the reader wants them.
 */
import type { StrategyRules } from "$lib/api/types";
import { showMoney } from "$lib/format/money";
import { showOddsAs, type OddsFormat } from "$lib/format/odds";

type Condition = StrategyRules["when"];
type Value = number | string | { fact: string; times?: number };

export interface Words {
  text: string;
  parts: Words[];
}

const OPERATORS: Record<string, string> = { at_least: "is at least", at_most: "is at most", above: "is above", below: "is below" };
/** Prices are longer or shorter: of those that are not decimals some fall as others rise. */
const PRICE_OPERATORS: Record<string, (price: string) => string> = {
  at_least: (price) => `is ${price} or longer`,
  at_most: (price) => `is ${price} or shorter`,
  above: (price) => `is longer than ${price}`,
  below: (price) => `is shorter than ${price}`,
};
const PRICES = new Set(["odds", "opening_odds", "outside_odds"]);
/** Facts that are shares are read as percentages. */
const SHARES = new Set(["price_move", "outside_gap", "implied_probability", "market_probability", "model_probability", "edge", "expected_value"]);
const FACT_NAMES: Record<string, string> = { odds: "our price", opening_odds: "the opening price", outside_odds: "the best outside price", minute: "the match minute", edge: "model less market" };

export const spaced = (word: string): string => word.replaceAll("_", " ");

function factName(fact: string): string {
  return FACT_NAMES[fact] ?? `the ${spaced(fact)}`;
}

/** A share as a percentage with no more digits than it has: 0.03 is 3%, 0.125 is 12.5%. */
export function sharePercent(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

function valueWords(fact: string, value: Value, format: OddsFormat): string {
  if (typeof value === "object") {
    if (value.times === undefined || value.times === 1) return factName(value.fact);
    return `${value.times} × ${factName(value.fact)}${PRICES.has(value.fact) && format !== "decimal" ? " in decimals" : ""}`;
  }
  if (typeof value === "string" && PRICES.has(fact)) return showOddsAs(value, format);
  return typeof value === "number" && SHARES.has(fact) ? sharePercent(value) : String(value);
}

export function conditionWords(condition: Condition, format: OddsFormat): Words {
  const partsOf = (conditions: readonly Condition[]) => conditions.map((each) => conditionWords(each, format));
  switch (condition.kind) {
    case "compare": {
      const value = valueWords(condition.fact, condition.value as Value, format);
      const compared = PRICES.has(condition.fact) ? PRICE_OPERATORS[condition.op]!(value) : `${OPERATORS[condition.op]} ${value}`;
      return { text: `${factName(condition.fact)} ${compared}`, parts: [] };
    }
    case "between":
      return { text: `${factName(condition.fact)} is between ${valueWords(condition.fact, condition.low as Value, format)} and ${valueWords(condition.fact, condition.high as Value, format)}`, parts: [] };
    case "is":
      return { text: `${factName(condition.fact)} is ${condition.values.map(spaced).join(" or ")}`, parts: [] };
    case "all":
      return condition.of.length === 1 ? conditionWords(condition.of[0]!, format) : { text: "all of these hold", parts: partsOf(condition.of) };
    case "any":
      return condition.of.length === 1 ? conditionWords(condition.of[0]!, format) : { text: "at least one of these holds", parts: partsOf(condition.of) };
    case "not":
      return { text: "this does not hold", parts: partsOf([condition.of]) };
  }
}

export function stakingWords({ staking }: StrategyRules): string {
  switch (staking.plan) {
    case "flat":
      return `${showMoney(staking.amount, "PLY")} on every bet`;
    case "percent":
      return `${staking.percent}% of the bank on every bet`;
    case "kelly":
      return `${staking.fraction} of Kelly's stake by the ${staking.probability === "market" ? "market's" : "model's"} chance, at most ${staking.cap_percent}% of the bank`;
    case "target":
      return `whatever wins ${showMoney(staking.profit, "PLY")} at the price`;
  }
}

export function limitWords({ limits, bank }: StrategyRules): string[] {
  const words = [`starts with a bank of ${showMoney(bank, "PLY")}`];
  if (!limits) return words;
  words.push(`at most ${limits.bets_per_event ?? 1} ${limits.bets_per_event === 1 ? "bet" : "bets"} an event and ${limits.bets_per_day ?? 50} a day`);
  if (limits.stake_max) words.push(`never more than ${showMoney(limits.stake_max, "PLY")} on one bet`);
  if (limits.stop_loss) words.push(`stops once ${showMoney(limits.stop_loss, "PLY")} are lost`);
  return words;
}

export function marketWords(markets: readonly string[]): string {
  return markets.map((market) => {
    const [type = "", ...specifiers] = market.split(";");
    const lines = specifiers.map((specifier) => specifier.split("=")[1]);
    return `${type === "1x2" ? "full-time result" : spaced(type)}${lines.length > 0 ? ` ${lines.join(", ")}` : ""}`;
  }).join(", ");
}
