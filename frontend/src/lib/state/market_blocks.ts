/** Arranges the markets of an event for reading: lines of one kind together, scores by who wins. */
import type { MarketOutline } from "./event_markets.svelte";

/** How a block is laid out: two prices a line, a handicap for each side, columns of scores, or buttons market by market. */
export type Layout = "totals" | "handicaps" | "scores" | "current" | "instances" | "runners" | "plain";

export interface MarketBlock {
  type: string;
  title: string;
  group: string;
  layout: Layout;
  sort: number;
  /** Of the first market: which rules hold for all of them. */
  rules: string;
  markets: MarketOutline[];
}

const TITLES: Record<string, string> = {
  over_under: "Total goals",
  asian_total: "Asian total goals",
  asian_handicap: "Asian handicap",
  next_goal: "Next goal",
  correct_score: "Correct score",
  set_winner: "Set winner",
  game_winner: "Game winner",
  total_games: "Total games",
  game_handicap: "Game handicap",
  total_points: "Total points",
  points_handicap: "Points handicap",
  quarter_result: "Quarter result",
  top_finish: "Top finish",
};

const LAYOUTS: Record<string, Layout> = {
  over_under: "totals", asian_total: "totals", total_games: "totals", total_points: "totals",
  asian_handicap: "handicaps", game_handicap: "handicaps", points_handicap: "handicaps",
  correct_score: "scores",
  next_goal: "current",
  set_winner: "instances", game_winner: "instances", quarter_result: "instances",
  outright_winner: "runners", top_finish: "runners",
};

export const GROUP_NAMES: Record<string, string> = {
  main: "Main", goals: "Goals", asian: "Asian", halves: "Halves", score: "Score", sets: "Sets", games: "Games", handicap: "Handicap", points: "Points",
  quarters: "Quarters", winner: "Winner", places: "Places",
};

export function blocksOf(outlines: readonly MarketOutline[]): MarketBlock[] {
  const blocks = new Map<string, MarketBlock>();
  for (const market of outlines) {
    const known = blocks.get(market.type);
    if (known) known.markets.push(market);
    else blocks.set(market.type, blockOf(market));
  }
  for (const block of blocks.values()) if (block.layout === "runners" && block.markets.length === 1) block.title = block.markets[0]!.name;
  for (const block of blocks.values()) block.markets.sort((one, other) => lineOf(one) - lineOf(other) || one.sort - other.sort);
  return [...blocks.values()].sort((one, other) => one.sort - other.sort);
}

function blockOf(market: MarketOutline): MarketBlock {
  const { type, group, sort, rules } = market;
  return { type, title: TITLES[type] ?? market.name, group, layout: LAYOUTS[type] ?? "plain", sort, rules, markets: [market] };
}

/** The groups that these blocks belong to, in their order. */
export function groupsOf(blocks: readonly MarketBlock[]): { id: string; label: string }[] {
  const ids = [...new Set(blocks.map((block) => block.group))];
  return ids.map((id) => ({ id, label: GROUP_NAMES[id] ?? id }));
}

function lineOf(market: MarketOutline): number {
  return Number(market.specifiers.total ?? market.specifiers.hcp ?? 0);
}

export function totalOf(market: MarketOutline): number {
  return Number(market.specifiers.total ?? 0);
}

/** A quarter line is half of each neighbour: -0.75 reads "-0.5, -1". */
export function splitLine(line: string): string {
  const value = Number(line);
  if (!Number.isFinite(value) || Math.abs(value * 2) % 1 === 0) return signed(value);
  const [low, high] = [value - 0.25, value + 0.25].sort((one, other) => Math.abs(one) - Math.abs(other));
  return `${signed(low!)}, ${signed(high!)}`;
}

const signed = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${Math.abs(value)}` : "0");

/** The line of a side: the specifier is the home side's, the other has its opposite. */
export function handicapOf(market: MarketOutline, outcome: string): string {
  const home = Number(market.specifiers.hcp ?? 0);
  return splitLine(String(outcome === "home" || home === 0 ? home : -home));
}

/** A total as it is read; a quarter is two halves: 2.25 is "2, 2.5". */
export function totalText(market: MarketOutline): string {
  const total = totalOf(market);
  return (total * 2) % 1 === 0 ? String(market.specifiers.total) : `${total - 0.25}, ${total + 0.25}`;
}

export const MOST_LINES = 5;

/** The lines whose two prices are nearest to each other, at most so many; those without prices come last. */
export function nearestLines(markets: readonly MarketOutline[], oddsOf: (selection: { id: string }) => string | null, most = MOST_LINES): string[] {
  const distance = (market: MarketOutline): number => {
    const [one, other] = market.selections.map((selection) => Number(oddsOf(selection) ?? NaN));
    const apart = Math.abs(Math.log((one ?? NaN) / (other ?? NaN)));
    return Number.isNaN(apart) ? Infinity : apart;
  };
  return [...markets].sort((one, other) => distance(one) - distance(other)).slice(0, most).map((market) => market.id);
}

export type ScoreColumn = "home" | "draw" | "away";

/** "2-1" belongs to the home wins; "other_home" closes that column. */
export function scoreColumn(outcome: string): ScoreColumn {
  const score = /^(\d+)-(\d+)$/.exec(outcome);
  if (!score) return outcome.endsWith("home") ? "home" : outcome.endsWith("away") ? "away" : "draw";
  const [home, away] = [Number(score[1]), Number(score[2])];
  return home > away ? "home" : home < away ? "away" : "draw";
}

export interface Score {
  home: number;
  away: number;
}

/** Whether a score can still be reached from where the match stood; "other" always can. */
export function isReachable(outcome: string, from: Score): boolean {
  const score = /^(\d+)-(\d+)$/.exec(outcome);
  return !score || (Number(score[1]) >= from.home && Number(score[2]) >= from.away);
}

const MIDDLE = new Set(["draw", "none"]);

/** Home on the left, away on the right, neither between them. */
export function inReadingOrder<Item extends { outcome: string }>(selections: readonly Item[]): Item[] {
  if (selections.length !== 3) return [...selections];
  const middle = selections.filter((selection) => MIDDLE.has(selection.outcome));
  const sides = selections.filter((selection) => !MIDDLE.has(selection.outcome));
  return middle.length === 1 ? [sides[0]!, middle[0]!, sides[1]!] : [...selections];
}
