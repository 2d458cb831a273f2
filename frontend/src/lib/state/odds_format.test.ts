import { afterEach, expect, test } from "vitest";
import { inOddsFormat, oddsFormat } from "./odds_format.svelte";

afterEach(() => oddsFormat.choose("decimal"));

test("the price that a sentence is about is written in the reader's format, and nothing else in it", () => {
  const said = "Home at 2.50, A v B 12.50 and 2.505, 2.50.";
  expect(inOddsFormat(said, "2.50")).toBe(said);
  oddsFormat.choose("fractional");
  expect(inOddsFormat(said, "2.50")).toBe("Home at 6/4, A v B 12.50 and 2.505, 6/4.");
  oddsFormat.choose("american");
  expect(inOddsFormat("At 1.91 the price needs 52.4 %.", "1.91")).toBe("At −110 the price needs 52.4 %.");
  expect(inOddsFormat("Home at 2.50", undefined)).toBe("Home at 2.50");
});
