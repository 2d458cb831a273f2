/** Turns price points of the three results into aligned steps for the chart. Plain values in, plain values out. */
import type { Incident, PricePoint } from "$lib/api/types";
import { parseMilli } from "$lib/format/money";

export interface PriceSteps {
  /** Seconds since 1970, ascending. */
  times: number[];
  /** Per selection, in the order asked for; null where the selection had no price. */
  odds: (number | null)[][];
  chances: number[][];
  minutes: number[];
}

const USUAL_OVERROUND = 1.05;

/**
 * The bookmaker's own chances: inverse prices without the margin. Selections without a price share what the others
 * leave, in the proportion they had before.
 */
export function chancesOf(odds: readonly (number | null)[], before: readonly number[]): number[] {
  const inverse = odds.map((value) => (value === null ? 0 : 1 / value));
  const total = inverse.reduce((sum, value) => sum + value, 0);
  const isMissing = odds.map((value) => value === null);
  if (!isMissing.includes(true)) return inverse.map((value) => value / total);
  const left = Math.max(0, 1 - total / USUAL_OVERROUND);
  const weights = before.map((value, index) => (isMissing[index] ? value : 0));
  const weight = weights.reduce((sum, value) => sum + value, 0);
  const missing = isMissing.filter(Boolean).length;
  return inverse.map((value, index) => {
    if (!isMissing[index]) return value / USUAL_OVERROUND;
    return weight > 0 ? (left * weights[index]!) / weight : left / missing;
  });
}

export function stepsOf(points: readonly PricePoint[], selectionIds: readonly string[], startAt = 0): PriceSteps {
  const steps: PriceSteps = { times: [], odds: selectionIds.map(() => []), chances: selectionIds.map(() => []), minutes: [] };
  const current: (number | null)[] = selectionIds.map(() => null);
  let chances: number[] = selectionIds.map(() => 0);
  const ordered = [...points].sort((one, other) => one.at.localeCompare(other.at));
  for (const point of ordered) {
    const index = selectionIds.indexOf(point.selection_id);
    if (index < 0) continue;
    current[index] = point.odds === null ? null : parseMilli(point.odds) / 1000;
    const time = Math.max(startAt, Date.parse(point.at) / 1000);
    // Prices of one tick arrive together: one step shows them all.
    if (steps.times.at(-1) !== time) {
      steps.times.push(time);
      steps.minutes.push(point.minute);
      for (const column of [...steps.odds, ...steps.chances]) column.push(0);
    }
    const last = steps.times.length - 1;
    // What the server stored beside a price is its own chance; a price that came live has none yet.
    chances = point.probability > 0 ? chances.with(index, point.probability) : chancesOf(current, chances);
    for (const column of selectionIds.keys()) {
      steps.odds[column]![last] = current[column]!;
      steps.chances[column]![last] = chances[column]!;
    }
  }
  return steps;
}

/** A price holds until it moves: the lines reach to where the match is. */
export function extendTo(steps: PriceSteps, time: number, minute: number): PriceSteps {
  const end = steps.times.at(-1);
  if (end === undefined || time <= end) return steps;
  const held = <Value>(column: Value[]): Value[] => [...column, column.at(-1)!];
  return { times: [...steps.times, time], minutes: [...steps.minutes, minute], odds: steps.odds.map(held), chances: steps.chances.map(held) };
}

/** Where to write a minute on the time axis: at the first step that reached it. */
export function minuteTicks(steps: Pick<PriceSteps, "times" | "minutes">, every = 15): { time: number; minute: number }[] {
  const ticks: { time: number; minute: number }[] = [];
  let next = 0;
  for (const [index, minute] of steps.minutes.entries()) {
    if (minute < next) continue;
    ticks.push({ time: steps.times[index]!, minute: Math.floor(minute / every) * every });
    next = (Math.floor(minute / every) + 1) * every;
  }
  return ticks;
}

export interface Annotation {
  time: number;
  kind: "goal" | "red_card" | "half_time";
  side: string;
}

export function annotationsOf(incidents: readonly Incident[]): Annotation[] {
  const kinds = new Set(["goal", "red_card", "half_time"]);
  return incidents
    .filter((incident) => kinds.has(incident.type))
    .map((incident) => ({ time: Date.parse(incident.recorded_at) / 1000, kind: incident.type as Annotation["kind"], side: incident.side }));
}
