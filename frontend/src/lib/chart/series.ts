/** Turns price points of the three results into aligned steps for the chart. Plain values in, plain values out. */
import type { Incident, PricePoint } from "$lib/api/types";
import { parseMilli } from "$lib/format/money";

export interface PriceSteps {
  /** Where in the match, in minutes, ascending; what happened within one minute is spread over it. */
  places: number[];
  /** Per selection, in the order asked for; null where the selection had no price. */
  odds: (number | null)[][];
  chances: number[][];
}

/** Two ticks of one minute stand this far apart, and never reach the next minute. */
const WITHIN_MINUTE = 0.15;
const MINUTE_END = 0.95;

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
  const steps: PriceSteps = { places: [], odds: selectionIds.map(() => []), chances: selectionIds.map(() => []) };
  const current: (number | null)[] = selectionIds.map(() => null);
  let chances: number[] = selectionIds.map(() => 0);
  let lastTick = "";
  const ordered = [...points].sort((one, other) => one.at.localeCompare(other.at));
  for (const point of ordered) {
    const index = selectionIds.indexOf(point.selection_id);
    if (index < 0) continue;
    current[index] = point.odds === null ? null : parseMilli(point.odds) / 1000;
    // Without a price, the server's own chance says how large a share is left to this selection.
    const before = point.odds === null && point.probability > 0 ? chances.with(index, point.probability) : chances;
    chances = chancesOf(current, before);
    // Prices of one tick arrive together: one step shows them all. Before kick-off there is one step, the last.
    const tick = Date.parse(point.at) < startAt ? "before" : point.at;
    if (tick !== lastTick) openStep(steps, point.minute);
    lastTick = tick;
    const last = steps.places.length - 1;
    for (const column of selectionIds.keys()) {
      steps.odds[column]![last] = current[column]!;
      steps.chances[column]![last] = chances[column]!;
    }
  }
  return steps;
}

function openStep(steps: PriceSteps, minute: number): void {
  const before = steps.places.at(-1);
  const isSameMinute = before !== undefined && before >= minute;
  steps.places.push(isSameMinute ? Math.min(before + WITHIN_MINUTE, Math.max(before, minute + MINUTE_END)) : minute);
  for (const column of [...steps.odds, ...steps.chances]) column.push(0);
}

/** A price holds until it moves: the lines reach to where the match is. */
export function extendTo(steps: PriceSteps, minute: number): PriceSteps {
  const end = steps.places.at(-1);
  if (end === undefined || minute <= end) return steps;
  const held = <Value>(column: Value[]): Value[] => [...column, column.at(-1)!];
  return { places: [...steps.places, minute], odds: steps.odds.map(held), chances: steps.chances.map(held) };
}

export interface Annotation {
  place: number;
  kind: "goal" | "red_card" | "half_time";
  side: string;
}

const ANNOTATED = new Set(["goal", "red_card", "half_time"]);

export function annotationsOf(incidents: readonly Incident[]): Annotation[] {
  return incidents
    .filter((incident) => ANNOTATED.has(incident.type))
    .map((incident) => ({ place: placeOf(incident), kind: incident.type as Annotation["kind"], side: incident.side }));
}

/** Stoppage time of the first half stays within its last minute; that of the second goes on. */
export function placeOf({ minute, added }: { minute: number; added: number }): number {
  return minute < 90 ? minute + Math.min(added * WITHIN_MINUTE, MINUTE_END) : minute + added;
}
