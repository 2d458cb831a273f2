/** Exact fractions of whole numbers, always reduced: money is never worked out in floats. */
export interface Fraction {
  readonly up: bigint;
  readonly down: bigint;
}

function divisor(one: bigint, other: bigint): bigint {
  while (other !== 0n) [one, other] = [other, one % other];
  return one < 0n ? -one : one;
}

export function fraction(up: bigint | number, down: bigint | number = 1n): Fraction {
  const [over, under] = [BigInt(up), BigInt(down)];
  const common = divisor(over, under) || 1n;
  return { up: over / common, down: under / common };
}

export const ZERO = fraction(0);
export const ONE = fraction(1);

export const plus = (one: Fraction, other: Fraction): Fraction => fraction(one.up * other.down + other.up * one.down, one.down * other.down);
export const minus = (one: Fraction, other: Fraction): Fraction => fraction(one.up * other.down - other.up * one.down, one.down * other.down);
export const times = (one: Fraction, other: Fraction): Fraction => fraction(one.up * other.up, one.down * other.down);
export const isMore = (one: Fraction, other: Fraction): boolean => one.up * other.down > other.up * one.down;

/** Down to the whole number; only what is not below zero is asked for. */
export const floor = ({ up, down }: Fraction): bigint => up / down;

/** A price of the wire, "1.85", as a fraction. */
export function oddsFraction(odds: string): Fraction {
  const [whole = "0", decimals = ""] = odds.split(".");
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

/** "1/4" as a fraction. */
export function parseFraction(text: string): Fraction {
  const [up = "0", down = "1"] = text.split("/");
  return fraction(BigInt(up), BigInt(down));
}
