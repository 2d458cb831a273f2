import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goOn, RealityCheck, showMinutes } from "./reality_check.svelte";

const START = Date.parse("2026-05-02T10:00:00Z");
const MINUTE = 60_000;
const POSITION = { since: "2026-05-02T10:00:00Z", staked: "20.00", returned: "5.00", running: "10.00", net: "-5.00" };

let sent: string[];
let interval: string;
let hasPosition: boolean;

beforeEach(() => {
  sent = [];
  interval = "15_minutes";
  hasPosition = true;
  localStorage.clear();
  vi.stubGlobal("fetch", (path: string) => {
    sent.push(path);
    const isPosition = path.startsWith("/api/me/net-position");
    const body = isPosition ? POSITION : { theme: "system", odds_format: "decimal", price_policy: "none", movement_colors: "green_red", reality_check: interval };
    return Promise.resolve(new Response(JSON.stringify(body), { status: isPosition && !hasPosition ? 503 : 200 }));
  });
});

afterEach(() => vi.unstubAllGlobals());

async function stay(check: RealityCheck, minutes: number): Promise<void> {
  for (let passed = 0; passed <= minutes; passed += 5) await check.look(START + passed * MINUTE);
}

test("after the chosen time it says how long and how one has fared, once for all tabs, and again after as long", async () => {
  const [here, elsewhere] = [new RealityCheck(), new RealityCheck()];
  await here.follow("ada");
  await elsewhere.follow("ada");

  await stay(here, 10);
  expect(here.note).toBeNull();
  await here.look(START + 15 * MINUTE);
  await elsewhere.look(START + 15 * MINUTE);
  expect(here.note).toEqual({ minutes: 15, position: POSITION });
  expect(elsewhere.note).toBeNull();
  expect(sent.at(-1)).toBe("/api/me/net-position?since=2026-05-02T10%3A00%3A00.000Z&currency=PLY");

  here.dismiss();
  await here.look(START + 29 * MINUTE);
  expect(here.note).toBeNull();
  await here.look(START + 30 * MINUTE);
  expect(here.note?.minutes).toBe(30);
});

test("it stays silent where it is off, and says the time where the position cannot be read", async () => {
  interval = "off";
  const check = new RealityCheck();
  await check.follow("ada");
  await stay(check, 60);
  expect(check.note).toBeNull();

  interval = "60_minutes";
  await check.choose("60_minutes");
  hasPosition = false;
  await check.look(START + 65 * MINUTE);
  expect(check.note).toEqual({ minutes: 65, position: null });
});

test("logging out ends the stay", async () => {
  const check = new RealityCheck();
  await check.follow("ada");
  await stay(check, 15);
  await check.follow(undefined);

  expect(check.note).toBeNull();
  expect(localStorage.length).toBe(0);
  await check.look(START + 60 * MINUTE);
  expect(localStorage.length).toBe(0);
});

test("a page that finds nobody logged in ends the stay of whoever was there before it", async () => {
  const check = new RealityCheck();
  await check.follow("ada");
  await stay(check, 15);

  await new RealityCheck().follow(undefined);
  expect(localStorage.length).toBe(0);
});

test("another person, a pause, and a clock that went back begin anew", () => {
  const known = { owner: "ada", since: START, toldAt: START, seenAt: START };
  const later = START + 20 * MINUTE;

  expect(goOn(known, "ada", later)).toEqual({ ...known, seenAt: later });
  for (const [owner, now] of [["ben", later], ["ada", later + 1], ["ada", START - 1]] as const)
    expect(goOn(known, owner, now)).toEqual({ owner, since: now, toldAt: now, seenAt: now });
});

test.each([[0, "0 min"], [15, "15 min"], [60, "1 h"], [75, "1 h 15 min"]])("%d minutes are said as %s", (minutes, words) => {
  expect(showMinutes(minutes)).toBe(words);
});
