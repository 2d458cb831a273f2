import { expect, test } from "vitest";
import { offerMinor, stakeOfShare, type ValueLeg } from "./cash_out";

const leg = (struckOdds: string, currentOdds: string | null, more: Partial<ValueLeg> = {}): ValueLeg => ({ struckOdds, currentOdds, factor: null, isBanker: false, deductionPercent: 0, ...more });
const SINGLE = { lineSizes: [1], lineCount: 1, margin: "0.050" };

test("a single is stake x struck / current, less the margin, floored once", () => {
  expect(offerMinor(SINGLE, [leg("3.00", "2.00")], 1000)).toBe(1425);
  expect(offerMinor(SINGLE, [leg("2.00", "3.00")], 1000)).toBe(633);
});

test("a settled leg counts with its factor, also half a win", () => {
  const double = { ...SINGLE, lineSizes: [2] };

  expect(offerMinor(double, [leg("2.00", null, { factor: "2" }), leg("2.50", "1.25")], 1000)).toBe(3800);
  expect(offerMinor(double, [leg("2.00", null, { factor: "3/2" }), leg("2.50", "2.50")], 1000)).toBe(1425);
  expect(offerMinor(double, [leg("2.00", null, { factor: "0" }), leg("2.50", "2.50")], 1000)).toBe(0);
});

test("a system is the sum of its lines over their number; a banker is in each", () => {
  const trixie = { lineSizes: [2, 3], lineCount: 4, margin: "0.000" };
  const even = [leg("2.00", "1.00"), leg("2.00", "1.00"), leg("2.00", "1.00")];
  expect(offerMinor(trixie, even, 400)).toBe(2000);

  const banked = { lineSizes: [1], lineCount: 2, margin: "0.000" };
  expect(offerMinor(banked, [leg("3.00", "1.00", { isBanker: true }), ...even.slice(0, 2)], 200)).toBe(1200);
});

test("without a price there is no value; a deduction lowers what a win would be", () => {
  expect(offerMinor(SINGLE, [leg("3.00", null)], 1000)).toBeNull();
  expect(offerMinor({ ...SINGLE, margin: "0.000" }, [leg("3.00", "2.00", { deductionPercent: 50 })], 1000)).toBe(1000);
});

test("a share of the stake is whole minor units and at least one", () => {
  expect([stakeOfShare(1000, 50), stakeOfShare(333, 50), stakeOfShare(5, 10), stakeOfShare(999, 100)]).toEqual([500, 166, 1, 999]);
});
