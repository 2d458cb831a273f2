import { expect, test } from "vitest";
import { linesOf, titleOf } from "./pattern_words";

test("patterns are lines with money, shares and hours as people write them", () => {
  expect(linesOf({ slips: 3, currency: "PLY", average: "12.50", smallest: "1.00" }, "decimal")).toEqual([{ name: "Slips", value: "3" }, { name: "Average", value: "12.50" }, { name: "Smallest", value: "1.00" }]);
  expect(linesOf({ by_hour: [1], busiest_hour: 9, night_share: 0.25 }, "decimal")).toEqual([{ name: "Busiest hour", value: "09:00" }, { name: "Night share", value: "25%" }]);
  expect(linesOf({ legs: 4, favourites: [{ name: "1x2", legs: 3, share: 0.75 }] }, "decimal")).toEqual([{ name: "Legs", value: "4" }, { name: "Full-time result", value: "75%" }]);
  expect(linesOf({ rate: null, net: "-5.00", currency: "PLY" }, "decimal")).toEqual([{ name: "Rate", value: "–" }, { name: "Net", value: "−5.00" }]);
  expect(titleOf("something_new")).toBe("Something new");
});

test("prices are in the reader's format", () => {
  expect(linesOf({ slips: 2, average: "24.50", median: null }, "fractional")).toEqual([{ name: "Slips", value: "2" }, { name: "Average", value: "23.5/1" }, { name: "Median", value: "–" }]);
});
