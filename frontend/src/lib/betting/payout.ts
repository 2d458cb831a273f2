/** What a slip returns, in exact fractions with one floor to the minor unit, by the algebra of the server's settlement. */
import { fraction, floor, isMore, minus, ONE, oddsFraction, parseFraction, plus, times, ZERO, type Fraction } from "./fraction";

export interface PayoutLeg {
  odds: string;
  isBanker?: boolean;
  /** Each-way terms: the share of the win odds, "1/4". */
  placeFraction?: string | undefined;
}

export interface Stake {
  stakeMinor: number;
  sizes: readonly number[];
  lineCount: number;
  isEachWay?: boolean;
  isFreeBet?: boolean;
  /** The cap of the slip, where the server told it. */
  payoutMinorMax?: number | null;
}

/** The sum over sizes of all products of so many factors (elementary symmetric polynomials). */
export function sumOfLines(factors: readonly Fraction[], sizes: readonly number[]): Fraction {
  const elementary: Fraction[] = [ONE, ...factors.map(() => ZERO)];
  for (const [count, factor] of factors.entries())
    for (let size = count + 1; size > 0; size--) elementary[size] = plus(elementary[size]!, times(factor, elementary[size - 1]!));
  return sizes.reduce((sum, size) => plus(sum, elementary[size] ?? ZERO), ZERO);
}

export function placeOdds(odds: Fraction, share: Fraction): Fraction {
  return plus(ONE, times(minus(odds, ONE), share));
}

/** One part of a slip, win or place, from the factor of each leg. */
export function sumOfPart(factors: readonly { factor: Fraction; isBanker: boolean }[], sizes: readonly number[]): Fraction {
  const free = factors.filter((leg) => !leg.isBanker).map((leg) => leg.factor);
  const bankers = factors.filter((leg) => leg.isBanker).reduce((product, leg) => times(product, leg.factor), ONE);
  return times(sumOfLines(free, sizes), bankers);
}

/** What comes back, in minor units, if every leg wins: floored once, stake included unless it is a free bet's. */
export function potentialReturn(stake: Stake, legs: readonly PayoutLeg[]): number {
  const win = legs.map((leg) => ({ factor: oddsFraction(leg.odds), isBanker: leg.isBanker ?? false }));
  let sum = sumOfPart(win, stake.sizes);
  if (stake.isEachWay) {
    const placed = legs.map((leg, index) => ({ factor: placeOdds(win[index]!.factor, parseFraction(leg.placeFraction ?? "1/4")), isBanker: win[index]!.isBanker }));
    sum = plus(sum, sumOfPart(placed, stake.sizes));
  }
  const exact = times(fraction(stake.stakeMinor, Math.max(1, stake.lineCount)), sum);
  const paid = stake.isFreeBet ? minus(exact, fraction(stake.stakeMinor)) : exact;
  const minor = isMore(paid, ZERO) ? Number(floor(paid)) : 0;
  return stake.payoutMinorMax == null ? minor : Math.min(minor, stake.payoutMinorMax);
}
