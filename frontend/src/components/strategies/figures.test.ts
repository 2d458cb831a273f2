import { expect, test } from "vitest";
import type { Metrics } from "$lib/api/types";
import { figuresOf } from "./figures";

test("counts are grouped as everywhere else", () => {
  const metrics = { profit: "0.00", staked: "0.00", bets: 1992, settled: 1992, events: 1990, roi: 0, roi_low: null, win_rate: null, average_odds: null, max_drawdown: "0.00", max_drawdown_share: 0, longest_losing_run: 0, closing_line_value: null, beat_the_close: 0.5, closing_line_bets: 1200 } as unknown as Metrics;

  const figures = Object.fromEntries(figuresOf(metrics).map(({ name, value, note }) => [name, [value, note]]));

  expect(figures.Bets).toEqual(["1,992", "1,992 settled, 1,990 events"]);
  expect(figures["Against the close"]).toEqual(["–", "better in 50% of 1,200"]);
});
