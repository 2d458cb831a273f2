/** Arranges the markets of an event for reading: lines of one kind together, scores by who wins. */
import type { MarketOutline } from "./event_markets.svelte";

export interface MarketBlock {
  type: string;
  title: string;
  group: string;
  sort: number;
  markets: MarketOutline[];
}

const TITLES: Record<string, string> = { over_under: "Total goals", next_goal: "Next goal", correct_score: "Correct score" };

export function blocksOf(outlines: readonly MarketOutline[]): MarketBlock[] {
  const blocks = new Map<string, MarketBlock>();
  for (const market of outlines) {
    const known = blocks.get(market.type);
    if (known) known.markets.push(market);
    else blocks.set(market.type, { type: market.type, title: TITLES[market.type] ?? market.name, group: market.group, sort: market.sort, markets: [market] });
  }
  for (const block of blocks.values()) if (block.type === "over_under") block.markets.sort((one, other) => totalOf(one) - totalOf(other));
  return [...blocks.values()].sort((one, other) => one.sort - other.sort);
}

export function totalOf(market: MarketOutline): number {
  return Number(market.specifiers.total ?? 0);
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
