import { describe, expect, test } from "vitest";
import { countLines, coversOf, sizesOf, betTypeName, systemSizes } from "./bet_types";
import { potentialReturn, type PayoutLeg } from "./payout";
import type { BetType } from "./bet_types";

const legsAt = (...odds: string[]): PayoutLeg[] => odds.map((each) => ({ odds: each }));

function returnOf(type: BetType, stakeMinor: number, legs: PayoutLeg[], options: { sizes?: number[]; isEachWay?: boolean; isFreeBet?: boolean; payoutMinorMax?: number } = {}): number {
  const free = legs.filter((leg) => !leg.isBanker).length;
  const sizes = sizesOf(type, legs.length, options.sizes);
  return potentialReturn({ stakeMinor, sizes, lineCount: countLines(free, sizes, options.isEachWay), ...options }, legs);
}

describe("lines", () => {
  test.each([["trixie", 3, 4], ["patent", 3, 7], ["yankee", 4, 11], ["lucky15", 4, 15], ["super_yankee", 5, 26], ["lucky31", 5, 31], ["heinz", 6, 57], ["lucky63", 6, 63], ["super_heinz", 7, 120], ["goliath", 8, 247]] as [BetType, number, number][])(
    "a %s of %i legs has %i lines",
    (type, legs, lines) => {
      expect(coversOf(legs)).toContain(type);
      expect(countLines(legs, sizesOf(type, legs))).toBe(lines);
    },
  );

  test("an each-way Lucky 15 has thirty, two bankers leave the others to be combined", () => {
    expect(countLines(4, sizesOf("lucky15", 4), true)).toBe(30);
    expect(countLines(3, sizesOf("system", 5, [2]))).toBe(3);
    expect(countLines(16, [8])).toBe(12_870);
  });

  test("are offered by the number of legs and named as on a betting slip", () => {
    expect(coversOf(2)).toEqual([]);
    expect(coversOf(4)).toEqual(["yankee", "lucky15"]);
    expect(systemSizes(3)).toEqual([1, 2, 3]);
    expect([betTypeName("accumulator", 2), betTypeName("accumulator", 4), betTypeName("system", 4)]).toEqual(["Double", "4-fold accumulator", "System"]);
  });
});

describe("what a slip returns if everything wins", () => {
  test("single and accumulator", () => {
    expect(returnOf("single", 1000, legsAt("2.489"))).toBe(2489);
    expect(returnOf("accumulator", 1000, legsAt("2.00", "3.00", "1.50"))).toBe(9000);
  });

  test("one floor per slip: a third of a minor unit per line is not lost line by line", () => {
    // 1.00 over 7 lines of a Patent at 1.50 each: 100/7 x (3 x 1.5 + 3 x 2.25 + 3.375) = 208.92…
    expect(returnOf("patent", 100, legsAt("1.50", "1.50", "1.50"))).toBe(208);
  });

  test("Lucky 15 at 2, 3, 4, 5 with 1.00 a line: 3 x 4 x 5 x 6 - 1 lines' worth", () => {
    expect(returnOf("lucky15", 1500, legsAt("2.00", "3.00", "4.00", "5.00"))).toBe(35_900);
    expect(returnOf("yankee", 1100, legsAt("2.00", "3.00", "4.00", "5.00"))).toBe(35_900 - 1400);
  });

  test("a system with a banker multiplies every line by it", () => {
    const legs = [{ odds: "2.00", isBanker: true }, ...legsAt("3.00", "4.00", "5.00")];
    // doubles of three: 12 + 15 + 20 = 47, times the banker, one unit each
    expect(returnOf("system", 300, legs, { sizes: [2] })).toBe(9400);
  });

  test("each-way adds the place part at its fraction", () => {
    // 10.00 each way at 11.00, a quarter the odds: 110.00 + 10 x (1 + 10/4) = 145.00
    expect(returnOf("single", 2000, [{ odds: "11.00", placeFraction: "1/4" }], { isEachWay: true })).toBe(14_500);
    expect(returnOf("single", 2000, [{ odds: "11.00", placeFraction: "1/5" }], { isEachWay: true })).toBe(14_000);
  });

  test("a free bet pays the winnings alone, and the cap holds", () => {
    expect(returnOf("single", 1000, legsAt("2.50"), { isFreeBet: true })).toBe(1500);
    expect(returnOf("single", 1000, legsAt("2.50"), { payoutMinorMax: 2000 })).toBe(2000);
  });

  test("twenty legs stay exact where a float would not", () => {
    const legs = legsAt(...Array.from({ length: 20 }, () => "3.75"));
    expect(returnOf("accumulator", 1, legs)).toBe(302_430_337_804);
  });
});
