import { expect, test } from "vitest";
import type { MarketOutline } from "./event_markets.svelte";
import { blocksOf, groupsOf, handicapOf, inReadingOrder, isReachable, nearestLines, scoreColumn, splitLine, totalText } from "./market_blocks";

const market = (type: string, sort: number, specifiers: Record<string, string> = {}): MarketOutline => ({
  id: `${type}${JSON.stringify(specifiers)}`, key: type, type, name: type, specifiers, group: "main", sort, rules: "", selections: [],
});

test("lines of one kind share a block, in order of the line", () => {
  const blocks = blocksOf([market("over_under", 30, { total: "10.5" }), market("over_under", 31, { total: "2.5" }), market("1x2", 10)]);

  expect(blocks.map((block) => block.type)).toEqual(["1x2", "over_under"]);
  expect(blocks[1]!.markets.map((each) => each.specifiers.total)).toEqual(["2.5", "10.5"]);
});

test("a field's only market goes by its own name, which says how many places", () => {
  const top = (places: string): MarketOutline => ({ ...market("top_finish", 1, { places }), name: `Top ${places} finish` });

  expect(blocksOf([top("3")]).map((block) => block.title)).toEqual(["Top 3 finish"]);
  expect(blocksOf([top("3"), top("5")]).map((block) => block.title)).toEqual(["Top finish"]);
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

test("a quarter line is read as its two halves, for the side it is on", () => {
  const quarter = market("asian_handicap", 1, { hcp: "-0.75" });

  expect([handicapOf(quarter, "home"), handicapOf(quarter, "away")]).toEqual(["−0.5, −1", "+0.5, +1"]);
  expect([splitLine("-0.25"), splitLine("1.5"), splitLine("0"), splitLine("-4")]).toEqual(["0, −0.5", "+1.5", "0", "−4"]);
  expect([totalText(market("asian_total", 1, { total: "2.25" })), totalText(market("over_under", 1, { total: "2.5" }))]).toEqual(["2, 2.5", "2.5"]);
});

test("groups are those that there are, and lines are laid out by their kind", () => {
  const blocks = blocksOf([{ ...market("total_games", 2, { total: "21.5" }), group: "games" }, { ...market("set_winner", 1, { set: "1" }), group: "sets" }]);

  expect(groupsOf(blocks)).toEqual([{ id: "sets", label: "Sets" }, { id: "games", label: "Games" }]);
  expect(blocks.map((block) => block.layout)).toEqual(["instances", "totals"]);
});

test("of many lines the most even ones stand first", () => {
  const lines = ["a", "b", "c"].map((id) => ({ ...market("total_points", 1), id, selections: [{ id: `${id}1`, outcome: "over", name: "" }, { id: `${id}2`, outcome: "under", name: "" }] }));
  const odds: Record<string, string> = { a1: "1.20", a2: "4.00", c1: "1.90", c2: "1.92" };

  expect(nearestLines(lines, (selection) => odds[selection.id] ?? null, 2)).toEqual(["c", "a"]);
});
