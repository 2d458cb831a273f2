/**
 * A price in the four ways people read it. All conversions are exact on integer thousandths: a fraction is a bookmaker's
 * usual one only where it reads as the same price, else the exact fraction, so that no format promises more than is paid.
 */
import { formatMilli, parseMilli } from "./money";

export const ODDS_FORMATS = ["decimal", "fractional", "american", "percent"] as const;
export type OddsFormat = (typeof ODDS_FORMATS)[number];

export const ODDS_FORMAT_NAMES: Record<OddsFormat, string> = { decimal: "Decimal", fractional: "Fractional", american: "American", percent: "Implied %" };

/** The fractions of British boards, short prices first. 6/4 and 4/6 stay unreduced, as they are always written. */
const BOARD: readonly (readonly [number, number])[] = [
  [1, 100], [1, 66], [1, 50], [1, 40], [1, 33], [1, 25], [1, 20], [1, 16], [1, 14], [1, 12], [1, 11], [1, 10], [1, 9], [1, 8], [2, 15], [1, 7], [2, 13], [1, 6],
  [2, 11], [1, 5], [2, 9], [1, 4], [2, 7], [3, 10], [1, 3], [4, 11], [2, 5], [4, 9], [1, 2], [8, 15], [4, 7], [8, 13], [4, 6], [8, 11], [4, 5], [5, 6],
  [10, 11], [1, 1], [11, 10], [6, 5], [5, 4], [11, 8], [7, 5], [6, 4], [8, 5], [13, 8], [7, 4], [9, 5], [15, 8], [2, 1], [21, 10], [11, 5], [9, 4],
  [12, 5], [5, 2], [13, 5], [11, 4], [14, 5], [3, 1], [16, 5], [10, 3], [7, 2], [18, 5], [4, 1], [9, 2], [5, 1], [11, 2], [6, 1], [13, 2], [7, 1],
  [15, 2], [8, 1], [17, 2], [9, 1], [10, 1], [11, 1], [12, 1], [14, 1], [16, 1], [18, 1], [20, 1], [22, 1], [25, 1], [28, 1], [33, 1], [40, 1],
  [50, 1], [66, 1], [80, 1], [100, 1], [125, 1], [150, 1], [200, 1], [250, 1], [300, 1], [400, 1], [500, 1],
];

/** By the price it reads as in thousandths, cut and rounded to hundredths: 13/8 is 2.625, so 2.62 and 2.63. */
const BOARD_BY_MILLI = new Map<number, string>();
for (const [up, down] of BOARD) {
  const hundredths = 100 + (100 * up) / down;
  for (const reading of [Math.floor(hundredths + 1e-9), Math.round(hundredths)])
    if (!BOARD_BY_MILLI.has(reading * 10) || (100 * up) % down === 0) BOARD_BY_MILLI.set(reading * 10, `${up}/${down}`);
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

function fractionOf(milli: number): string {
  const profit = milli - 1000;
  if (profit === 1000) return "Evens";
  const known = BOARD_BY_MILLI.get(milli);
  if (known) return known;
  const common = divisor(profit, 1000);
  return `${profit / common}/${1000 / common}`;
}

/** What 100 wins at evens or longer, what must be staked to win 100 at shorter prices; halves away from zero. */
function americanOf(milli: number): string {
  const profit = milli - 1000;
  if (profit <= 0) return "0";
  return profit >= 1000 ? `+${Math.round(profit / 10)}` : `−${Math.round(100_000 / profit)}`;
}

/** The share of time it must win to come out even, to a tenth of a percent. */
function percentOf(milli: number): string {
  const tenths = Math.round(1_000_000 / milli);
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
}

export function showMilli(milli: number, format: OddsFormat): string {
  switch (format) {
    case "decimal":
      return formatMilli(milli);
    case "fractional":
      return fractionOf(milli);
    case "american":
      return americanOf(milli);
    case "percent":
      return percentOf(milli);
  }
}

/** A mean of prices, which nobody was offered: as a fraction it is so many to one. */
export function showAverageOddsAs(odds: string, format: OddsFormat): string {
  if (format !== "fractional") return showOddsAs(odds, format);
  return `${Number(((parseMilli(odds) - 1000) / 1000).toFixed(2))}/1`;
}

/** From the decimal text of the wire. */
export function showOddsAs(odds: string, format: OddsFormat): string {
  return showMilli(parseMilli(odds), format);
}
