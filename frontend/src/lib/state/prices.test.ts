import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { followOdds } from "./follow_odds.test-helper.svelte";
import { prices } from "./prices.svelte";

test("whoever asks for a price before it is known hears of it when it comes", () => {
  const [heard, stop] = followOdds("asked-first");
  flushSync();

  prices.of("asked-first").take(1, "2.62");
  flushSync();
  prices.of("asked-first").take(2, "2.70");
  flushSync();

  expect(heard).toEqual([null, "2.62", "2.70"]);
  stop();
});
