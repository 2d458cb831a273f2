import { cleanup, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Scoreboard } from "$lib/api/types";
import { live } from "$lib/state/live.svelte";
import { matches } from "$lib/state/matches.svelte";
import { prices } from "$lib/state/prices.svelte";
import { slip } from "$lib/state/slip.svelte";
import PriceButton from "./PriceButton.svelte";

const PICK = { selectionId: "b1", marketId: "bm1", eventId: "be1", selectionName: "Arsenal", marketName: "Match result", eventName: "Arsenal v Chelsea" };
const TOPIC = "event:be1:prices";
let version = 0;

function board(isStopped: boolean): Scoreboard {
  return {
    event_id: "be1", sport: "football", status: "ongoing", phase: "first_half", minute: 9, added: 0, clock: "9'", home_goals: 0, away_goals: 0, home_reds: 0, away_reds: 0,
    home_yellows: 0, away_yellows: 0, is_betting_stopped: isStopped, stop_reason: isStopped ? "goal" : "", incident_seq: 1, version: ++version, score: "0-0", detail: { sport: "football", half_time: null },
  };
}

beforeEach(() => {
  vi.spyOn(live, "isCurrent").mockImplementation((topic) => topic === TOPIC);
  prices.of("b1").take(++version, "2.62");
  prices.market("bm1").take(version, "active");
  matches.of("be1").takeBoard(board(false));
});

afterEach(() => {
  slip.clear();
  cleanup();
});

test("is named by selection, event and odds, and says whether it is chosen", () => {
  render(PriceButton, { pick: PICK, topic: TOPIC });
  const button = screen.getByRole("button", { name: "Arsenal, Arsenal v Chelsea, odds 2.62" });
  expect(button.getAttribute("aria-pressed")).toBe("false");

  button.click();
  flushSync();
  expect(button.getAttribute("aria-pressed")).toBe("true");
});

test("shows a move by class and arrow, not by a live region", () => {
  render(PriceButton, { pick: PICK, topic: TOPIC });
  prices.of("b1").take(++version, "2.70");
  flushSync();
  const button = screen.getByRole("button", { name: "Arsenal, Arsenal v Chelsea, odds 2.70" });

  expect(button.className).toContain("rising");
  expect(button.closest("[aria-live]")).toBeNull();
});

test("is disabled and named suspended while betting is stopped", () => {
  render(PriceButton, { pick: PICK, topic: TOPIC });
  matches.of("be1").takeBoard(board(true));
  flushSync();
  const button = screen.getByRole("button", { name: "Arsenal, Arsenal v Chelsea, suspended" });

  expect((button as HTMLButtonElement).disabled).toBe(true);
  expect(button.title).toBe("Suspended: goal under review");
});

test("is named and dressed as delayed while its topic is not current", () => {
  vi.spyOn(live, "isCurrent").mockReturnValue(false);
  render(PriceButton, { pick: PICK, topic: TOPIC });
  const button = screen.getByRole("button", { name: "Arsenal, Arsenal v Chelsea, odds 2.62, delayed" });

  expect(button.className).toContain("delayed");
  expect((button as HTMLButtonElement).disabled).toBe(false);
});

test("says on whose account it is suspended where the match goes on", () => {
  render(PriceButton, { pick: PICK, topic: TOPIC });
  prices.market("bm1").take(++version, "suspended");
  flushSync();

  expect(screen.getByRole("button", { name: "Arsenal, Arsenal v Chelsea, suspended" }).title).toBe("Suspended by our traders");
});
