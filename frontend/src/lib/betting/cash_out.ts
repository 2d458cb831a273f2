/**
 * What a slip is worth before it is settled, by the formula of the server: the sum of its lines, each the product of its
 * legs' values, less the margin. A settled leg counts with its factor, an open one with struck / current odds. Indicative:
 * what is paid is what a quote said.
 */
import { floor, fraction, minus, ONE, oddsFraction, parseFraction, plus, times, type Fraction } from "./fraction";
import { sumOfPart } from "./payout";

export interface ValueLeg {
  struckOdds: string;
  /** Null where there is no price to go by. */
  currentOdds: string | null;
  /** The exact factor of a settled leg, "5/2". */
  factor: string | null;
  isBanker: boolean;
  deductionPercent: number;
}

export interface ValueSlip {
  lineSizes: readonly number[];
  lineCount: number;
  /** The house's share, "0.050". */
  margin: string;
}

function valueOf(leg: ValueLeg): Fraction | null {
  if (leg.factor !== null) return parseFraction(leg.factor);
  if (leg.currentOdds === null) return null;
  const kept = fraction(100 - Math.min(90, leg.deductionPercent), 100);
  const struck = plus(ONE, times(minus(oddsFraction(leg.struckOdds), ONE), kept));
  const current = oddsFraction(leg.currentOdds);
  return fraction(struck.up * current.down, struck.down * current.up);
}

/** What so much of the stake would be cashed out for, in minor units, floored once; null while a price is missing. */
export function offerMinor(slip: ValueSlip, legs: readonly ValueLeg[], stakeMinor: number): number | null {
  const factors: { factor: Fraction; isBanker: boolean }[] = [];
  for (const leg of legs) {
    const factor = valueOf(leg);
    if (factor === null) return null;
    factors.push({ factor, isBanker: leg.isBanker });
  }
  const worth = times(fraction(stakeMinor, Math.max(1, slip.lineCount)), sumOfPart(factors, slip.lineSizes));
  return Number(floor(times(worth, minus(ONE, oddsFraction(slip.margin)))));
}

/** The stake of a share in percent of what remains: whole minor units, at least one, all of it at 100. */
export function stakeOfShare(remainingMinor: number, percent: number): number {
  return percent >= 100 ? remainingMinor : Math.max(1, Math.floor((remainingMinor * percent) / 100));
}
