import { expect, test } from "vitest";
import type { Incident } from "$lib/api/types";
import { annotationsOf, chancesOf, extendTo, minuteTicks, stepsOf } from "./series";

const point = (second: number, minute: number, selection_id: string, odds: string | null) => ({
  at: new Date(second * 1000).toISOString(), minute, selection_id, odds, probability: 0,
});

test("prices of one moment are one step, and each holds until it moves", () => {
  const steps = stepsOf([point(10, 1, "h", "2.00"), point(10, 1, "d", "4.00"), point(10, 1, "a", "4.00"), point(20, 2, "h", "1.50")], ["h", "d", "a"]);

  expect(steps.times).toEqual([10, 20]);
  expect(steps.minutes).toEqual([1, 2]);
  expect(steps.odds).toEqual([[2, 1.5], [4, 4], [4, 4]]);
  expect(steps.chances[0]![0]).toBeCloseTo(0.5, 12);
});

test("what came before kick-off is drawn at kick-off", () => {
  const steps = stepsOf([point(10, 0, "h", "2.00"), point(20, 0, "h", "2.10"), point(40, 1, "h", "2.20")], ["h"], 30);

  expect(steps.times).toEqual([30, 40]);
  expect(steps.odds[0]).toEqual([2.1, 2.2]);
});

test("the server's own chance is drawn where it is known", () => {
  const steps = stepsOf([{ ...point(10, 1, "h", null), probability: 0.97 }, { ...point(10, 1, "d", "30.00"), probability: 0.03 }], ["h", "d"]);

  expect(steps.chances).toEqual([[0.97], [0.03]]);
});

test("withdrawn prices share what is left as they did before", () => {
  const chances = chancesOf([null, 21, null], [0.9, 0.06, 0.04]);

  expect(chances[0]! / chances[2]!).toBeCloseTo(0.9 / 0.04, 9);
  expect(chances[0]! + chances[1]! + chances[2]!).toBeCloseTo(1, 12);
  expect(chancesOf([2, 4, 4], [0, 0, 0]).reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
});

test("minutes are written where the match reached them", () => {
  expect(minuteTicks({ times: [1, 2, 3, 4, 5], minutes: [0, 7, 16, 17, 31] })).toEqual([
    { time: 1, minute: 0 },
    { time: 3, minute: 15 },
    { time: 5, minute: 30 },
  ]);
});

test("goals, red cards and half time are annotated, bookings are not", () => {
  const incident = (type: Incident["type"], side: Incident["side"]) => ({ seq: 1, type, side, minute: 1, added: 0, home_goals: 0, away_goals: 0, recorded_at: "1970-01-01T00:00:09Z" });

  expect(annotationsOf([incident("goal", "home"), incident("yellow_card", "away"), incident("half_time", "")])).toEqual([
    { time: 9, kind: "goal", side: "home" },
    { time: 9, kind: "half_time", side: "" },
  ]);
});

test("lines reach to where the match is", () => {
  const steps = stepsOf([point(10, 1, "h", "2.00")], ["h"]);

  expect(extendTo(steps, 60, 9)).toMatchObject({ times: [10, 60], minutes: [1, 9], odds: [[2, 2]] });
  expect(extendTo(steps, 9, 9)).toBe(steps);
});
