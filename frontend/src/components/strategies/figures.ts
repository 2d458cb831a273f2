/** Figures of evaluations in words. */
import type { Metrics } from "$lib/api/types";
import { formatMilli, showMoney, showSigned } from "$lib/format/money";
import { showAverageOdds } from "$lib/state/odds_format.svelte";

export function percent(share: number | null, digits = 1): string {
  if (share === null) return "–";
  const shown = (Math.abs(share) * 100).toFixed(digits);
  return `${share < 0 && Number(shown) !== 0 ? "−" : ""}${shown}%`;
}

export function signedPercent(share: number | null): string {
  return share !== null && share > 0 ? `+${percent(share)}` : percent(share);
}

export const KIND_NAMES: Record<string, string> = { recorded: "Recorded matches", seasons: "Past seasons", paper: "On paper, live" };

export interface Figure {
  name: string;
  value: string;
  note: string;
  tone: "" | "good" | "bad";
}

const toneOf = (value: number | null): Figure["tone"] => (value === null || value === 0 ? "" : value > 0 ? "good" : "bad");

const grouped = (count: number): string => count.toLocaleString("en");

export function figuresOf(metrics: Metrics): Figure[] {
  const profit = Number(metrics.profit);
  return [
    { name: "Return", value: signedPercent(metrics.roi), note: metrics.roi_low === null ? "too few bets for an interval" : `95%: ${signedPercent(metrics.roi_low)} to ${signedPercent(metrics.roi_high)}`, tone: toneOf(metrics.roi) },
    { name: "Profit", value: showSigned(metrics.profit, "PLY"), note: `of ${showMoney(metrics.staked, "PLY")} staked`, tone: toneOf(profit) },
    { name: "Bets", value: grouped(metrics.bets), note: `${grouped(metrics.settled)} settled, ${grouped(metrics.events)} events`, tone: "" },
    { name: "Won", value: percent(metrics.win_rate), note: metrics.average_odds === null ? "" : `at ${showAverageOdds(formatMilli(Math.round(metrics.average_odds * 1000)))} on average`, tone: "" },
    { name: "Deepest fall", value: showMoney(metrics.max_drawdown, "PLY"), note: `${percent(metrics.max_drawdown_share)} of the peak, ${metrics.longest_losing_run} lost in a row`, tone: "" },
    { name: "Against the close", value: signedPercent(metrics.closing_line_value), note: metrics.beat_the_close === null ? "no closing prices" : `better in ${percent(metrics.beat_the_close, 0)} of ${grouped(metrics.closing_line_bets)}`, tone: toneOf(metrics.closing_line_value) },
  ];
}
