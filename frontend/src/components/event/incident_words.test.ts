import { expect, test } from "vitest";
import type { EventRow, Incident } from "$lib/api/types";
import { placesOf, teamOf, wordOf } from "./incident_words";
import { runnersOf } from "./runners";

const said = (type: string, number = 0): string => wordOf({ type, number } as Incident);

test("what stops or ends an event is said in words, in every sport", () => {
  expect(["withdrawal", "finish", "retirement", "walkover", "review", "interruption", "resumption", "abandonment"].map((type) => said(type))).toEqual([
    "Withdrawn", "Finish", "Retired", "Walkover", "Review", "Interrupted", "Play goes on", "Abandoned",
  ]);
  expect([said("basket", 3), said("off")]).toEqual(["Three points", "They are off"]);
});

test("a withdrawal names its runner", () => {
  const row = { home: null, away: null, participants: [{ number: 4, name: "Wanda Rosvall" }] } as unknown as EventRow;

  expect(teamOf({ type: "withdrawal", number: 4, side: "" } as Incident, row)).toBe("Wanda Rosvall");
});

test("the first of a race are named, those who share a place too", () => {
  const row = { participants: [{ number: 1, name: "Ada" }, { number: 12, name: "Ben" }] } as unknown as EventRow;

  expect(placesOf({ score: "1. p12, 2. p1, 2. p3" } as Incident, row)).toBe("1. Ben, 2. Ada, 2. p3");
});

test("a field is counted without those who were withdrawn", () => {
  expect([runnersOf({ runners: 12, withdrawn: [] }), runnersOf({ runners: 12, withdrawn: [4] })]).toEqual(["12 runners", "11 runners, 1 withdrawn"]);
});
