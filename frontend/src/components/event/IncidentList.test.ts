import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import type { EventView } from "$lib/state/event_view.svelte";
import IncidentList from "./IncidentList.svelte";

afterEach(cleanup);

const view = (sport: string, incidents: object[]) => ({ match: { sport, row: null }, incidents }) as unknown as EventView;
const rows = () => screen.getAllByRole("listitem").map((item) => [...item.children].filter((part) => part.className.includes("w-11")).map((part) => part.textContent));

test("a match with minutes has a column for them, also beside what has none", () => {
  render(IncidentList, { view: view("basketball", [{ seq: 1, type: "tip_off", minute: 0, added: 0, score: "0-0" }, { seq: 2, type: "basket", number: 2, minute: 3, added: 0, score: "2-0" }]) });

  expect(rows()).toEqual([["3′"], [""]]);
});

test("tennis and races have no minutes, and no empty column", () => {
  render(IncidentList, { view: view("tennis", [{ seq: 1, type: "game", minute: 0, added: 0, score: "1-0" }]) });

  expect(rows()).toEqual([[]]);
});

test("the end of a race names who came in", () => {
  const row = { home: null, away: null, participants: [{ number: 4, name: "Ada" }, { number: 2, name: "Ben" }] };
  render(IncidentList, { view: { match: { sport: "outright", row }, incidents: [{ seq: 1, type: "finish", minute: 0, added: 0, score: "1. p4, 2. p2" }] } as unknown as EventView });

  expect(screen.getByText("1. Ada, 2. Ben")).toBeTruthy();
});
