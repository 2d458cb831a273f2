import { expect, test } from "vitest";
import type { MarketOutline } from "./event_markets.svelte";
import { blocksOf, inReadingOrder, isReachable, scoreColumn } from "./market_blocks";

const market = (type: string, sort: number, specifiers: Record<string, string> = {}): MarketOutline => ({
  id: `${type}${JSON.stringify(specifiers)}`, key: type, type, name: type, specifiers, group: "main", sort, rules: "", each_way: null, selections: [],
});

test("lines of one kind share a block, in order of the line", () => {
  const blocks = blocksOf([market("over_under", 30, { total: "10.5" }), market("over_under", 31, { total: "2.5" }), market("1x2", 10)]);

  expect(blocks.map((block) => block.type)).toEqual(["1x2", "over_under"]);
  expect(blocks[1]!.markets.map((each) => each.specifiers.total)).toEqual(["2.5", "10.5"]);
});

test("a score stands under who wins by it", () => {
  expect(["2-1", "0-0", "1-10", "other_home", "other_draw", "other_away"].map(scoreColumn)).toEqual(["home", "draw", "away", "home", "draw", "away"]);
});

test("neither stands between the sides", () => {
  const outcomes = (names: string[]) => inReadingOrder(names.map((outcome) => ({ outcome }))).map((each) => each.outcome);

  expect(outcomes(["home", "away", "none"])).toEqual(["home", "none", "away"]);
  expect(outcomes(["home", "draw", "away"])).toEqual(["home", "draw", "away"]);
  expect(outcomes(["over", "under"])).toEqual(["over", "under"]);
});

test("a score that goals have passed cannot be reached", () => {
  expect(["1-0", "2-0", "2-1", "other_home"].map((outcome) => isReachable(outcome, { home: 2, away: 1 }))).toEqual([false, false, true, true]);
});
