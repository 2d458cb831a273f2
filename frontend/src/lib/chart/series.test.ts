import { expect, test } from "vitest";
import type { Incident } from "$lib/api/types";
import { annotationsOf, chancesOf, extendTo, stepsOf } from "./series";

const point = (second: number, minute: number, selection_id: string, odds: string | null) => ({
  at: new Date(second * 1000).toISOString(), minute, selection_id, odds, probability: 0,
});

test("prices of one moment are one step, and each holds until it moves", () => {
  const steps = stepsOf([point(10, 1, "h", "2.00"), point(10, 1, "d", "4.00"), point(10, 1, "a", "4.00"), point(20, 2, "h", "1.50")], ["h", "d", "a"]);

  expect(steps.places).toEqual([1, 2]);
  expect(steps.odds).toEqual([[2, 1.5], [4, 4], [4, 4]]);
  expect(steps.chances[0]![0]).toBeCloseTo(0.5, 12);
});

test("what came before kick-off is drawn at kick-off", () => {
  const steps = stepsOf([point(10, 0, "h", "2.00"), point(20, 0, "h", "2.10"), point(40, 1, "h", "2.20")], ["h"], 30_000);

  expect(steps.places).toEqual([0, 1]);
  expect(steps.odds[0]).toEqual([2.1, 2.2]);
});

test("selections without a price share by the server's own chances", () => {
  const withdrawn = (selection: string, probability: number) => ({ ...point(10, 1, selection, null), probability });
  const steps = stepsOf([withdrawn("h", 0.96), point(10, 1, "d", "30.00"), withdrawn("a", 0.01)], ["h", "d", "a"]);

  const [home, draw, away] = steps.chances.map((column) => column[0]!);
  expect(home! / away!).toBeGreaterThan(90);
  expect(home! + draw! + away!).toBeCloseTo(1, 12);
});

test("withdrawn prices share what is left as they did before", () => {
  const chances = chancesOf([null, 21, null], [0.9, 0.06, 0.04]);

  expect(chances[0]! / chances[2]!).toBeCloseTo(0.9 / 0.04, 9);
  expect(chances[0]! + chances[1]! + chances[2]!).toBeCloseTo(1, 12);
  expect(chancesOf([2, 4, 4], [0, 0, 0]).reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
});

test("what happens within one minute is spread over it, and never runs backwards", () => {
  const steps = stepsOf([45, 45, 45, 46].map((minute, index) => point(index, minute, "h", `${index + 2}.00`)), ["h"]);

  expect(steps.places).toEqual([45, 45.15, 45.3, 46]);
  const crowded = stepsOf(Array.from({ length: 20 }, (_, index) => point(index, 45, "h", "2.00")), ["h"]).places;
  expect(crowded).toEqual([...crowded].sort((one, other) => one - other));
  expect(crowded.at(-1)).toBe(45.95);
});

test("goals, red cards and half time are annotated, bookings are not", () => {
  const incident = (type: Incident["type"], side: Incident["side"]) => ({ seq: 1, type, side, minute: 9, added: 0, home_goals: 0, away_goals: 0, number: 0, score: "", recorded_at: "1970-01-01T00:00:09Z" });

  expect(annotationsOf([incident("goal", "home"), incident("yellow_card", "away"), incident("half_time", "")])).toEqual([
    { place: 9, kind: "goal", side: "home" },
    { place: 9, kind: "half_time", side: "" },
  ]);
});

test("lines reach to where the match is", () => {
  const steps = stepsOf([point(10, 1, "h", "2.00")], ["h"]);

  expect(extendTo(steps, 9)).toMatchObject({ places: [1, 9], odds: [[2, 2]] });
  expect(extendTo(steps, 1)).toBe(steps);
});
