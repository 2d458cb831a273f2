import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MarketStatus, prices, SelectionPrice } from "./prices.svelte";
import { SHOWN_FOR_MS } from "./sweeper";
import { flushSync } from "svelte";
import { followOdds } from "./follow_odds.test-helper.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a move shows its direction and rests after a while", () => {
  const price = new SelectionPrice("s1");
  price.take(1, "2.00");
  expect(price.movement).toBe("");

  price.take(2, "2.10");
  expect(price.movement).toBe("rising");
  vi.advanceTimersByTime(SHOWN_FOR_MS - 200);
  price.take(3, "1.95");
  expect(price.movement).toBe("falling");
  vi.advanceTimersByTime(SHOWN_FOR_MS - 200);
  expect(price.movement).toBe("falling");
  vi.advanceTimersByTime(400);

  expect(price.movement).toBe("");
  expect(vi.getTimerCount()).toBe(0);
});

test("ten is more than nine, whatever the letters say", () => {
  const price = new SelectionPrice("s1");
  price.take(1, "9.50");
  price.take(2, "10.00");

  expect(price.movement).toBe("rising");
});

test("an older version changes nothing, wherever it comes from", () => {
  const price = new SelectionPrice("s1");
  price.take(7, "2.00");
  price.take(6, "3.00");

  expect(price.odds).toBe("2.00");
  expect(price.movement).toBe("");
});

test("the places of a market come with another topic than its status, each in its own order", () => {
  const market = new MarketStatus();
  market.take(9, "suspended");
  market.takeEachWay(3, { places: 3, fraction: "1/4" });
  expect([market.status, market.eachWay]).toEqual(["suspended", { places: 3, fraction: "1/4" }]);

  market.takeEachWay(10, null);
  market.takeEachWay(3, { places: 3, fraction: "1/4" });
  expect(market.eachWay).toBeNull();
});

test("a withdrawn price is no movement", () => {
  const price = new SelectionPrice("s1");
  price.take(1, "2.00");
  price.take(2, null, "won");
  price.take(3, "1.50");

  expect(price.movement).toBe("");
  expect(price.result).toBe("won");
});

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
