import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OwnLimit, SaferPlay } from "$lib/api/types";
import { showMoment } from "$lib/format/time";
import { refusalFrom } from "./refusals";
import { effectOf, exclusionText, leftOf, raiseStep, SaferPlayState, shareOf } from "./safer_play.svelte";

const LIMIT: OwnLimit = { kind: "stake", period: "day", amount: "20.00", counted: "5.00", remaining: "15.00", resets_at: "2026-05-03T10:00:00Z", raise_asked: null };
const ASKED = { amount: "50.00", asked_at: "2026-05-01T10:00:00Z", confirmable_at: "2026-05-02T10:00:00Z", lapses_at: "2026-05-09T10:00:00Z" };
const POSITION = { since: "2025-05-02T10:00:00Z", staked: "5.00", returned: "0.00", running: "5.00", net: "0.00" };
const RULES: SaferPlay = { currency: "PLY", limits: [LIMIT], exclusion: null, net_position: POSITION };

let sent: { method: string; path: string; key: string | undefined; body: unknown }[];
let replies: (() => Response | Promise<Response>)[];

const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  sent = [];
  replies = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    sent.push({ method: init.method!, path, key: headers["Idempotency-Key"], body: init.body ? JSON.parse(String(init.body)) : null });
    return Promise.resolve(replies.shift()!());
  });
});

afterEach(() => vi.unstubAllGlobals());

test("a limit is chosen without a key and what comes back is shown", async () => {
  const safer = new SaferPlayState("PLY");
  replies = [json(200, RULES)];

  expect(await safer.choose("stake", "day", "20")).toBe(true);

  expect(sent).toEqual([{ method: "PUT", path: "/api/me/limits", key: undefined, body: { currency: "PLY", kind: "stake", period: "day", amount: "20" } }]);
  expect(safer.find("stake", "day")).toEqual(LIMIT);
  expect(safer.find("loss", "day")).toBeUndefined();
});

test("pressing again after no answer sends the same key, after an answer another one", async () => {
  const safer = new SaferPlayState("PLY");
  replies = [() => Promise.reject(new TypeError("gone")), json(201, { kind: "time_out", ends_at: "2026-05-03T10:00:00Z" }), json(200, RULES), json(409, { code: "exclusion_not_longer", title: "This would end before what holds now", ends_at: "2026-05-03T10:00:00Z" })];

  expect(await safer.takeTimeOut("24_hours")).toBe(false);
  expect(safer.refusal).toContain("cannot be reached");
  expect(await safer.takeTimeOut("24_hours")).toBe(true);
  expect(safer.rules).toEqual(RULES);
  expect(await safer.takeTimeOut("24_hours")).toBe(false);

  expect(safer.refusal).toBe(`What holds now lasts until ${showMoment("2026-05-03T10:00:00Z")}. It can only be made longer.`);
  const keys = sent.filter((each) => each.path === "/api/me/time-outs").map((each) => each.key);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
});

test.each([
  [undefined, "25", "at_once"],
  [LIMIT, "19.99", "at_once"],
  [LIMIT, "20", "same"],
  [LIMIT, "20.01", "after_a_day"],
  [LIMIT, "0", "at_once"],
  [LIMIT, "1e3", null],
  [LIMIT, "-5", null],
  [LIMIT, "", null],
] as const)("what is typed says what it would do: %#", (limit, amount, effect) => {
  expect(effectOf(limit, amount, "PLY")).toBe(effect);
});

test.each([
  ["5.00", "20.00", 0.25],
  ["25.00", "20.00", 1],
  ["-9.00", "20.00", 0],
  ["0.00", "0.00", 1],
  ["-1240.00", "0.00", 0],
])("%s of %s is a share of %d", (counted, amount, share) => {
  expect(shareOf({ ...LIMIT, counted, amount }, "PLY")).toBe(share);
});

test("a raise waits, can be confirmed, and lapses", () => {
  const limit = { ...LIMIT, raise_asked: ASKED };
  const at = (instant: string) => raiseStep(limit, "PLY", Date.parse(instant));

  expect(raiseStep(LIMIT, "PLY", 0)).toBeNull();
  expect(at("2026-05-02T09:59:59Z")).toEqual({ words: `You asked for 50.00. You can confirm it from ${showMoment(ASKED.confirmable_at)}.`, canConfirm: false });
  expect(at("2026-05-02T10:00:00Z")?.canConfirm).toBe(true);
  expect(at("2026-05-09T10:00:00Z")).toBeNull();
  expect(raiseStep({ ...limit, raise_asked: { ...ASKED, amount: null } }, "PLY", 0)?.words).toMatch(/^You asked for no limit\./);
});

test("what keeps a person away is said with its end", () => {
  expect(exclusionText({ kind: "time_out", ends_at: "x" }, () => "Monday")).toBe("You are taking a time-out until Monday. Until then no bet is taken from you.");
  expect(exclusionText({ kind: "self_exclusion", ends_at: "x" }, () => "Monday")).toBe("You have excluded yourself until Monday. Nobody can end that earlier.");
});

test("the slip says which limit was reached, and offers what is left of it", () => {
  const fields = { kind: "loss", period: "week", limit: "100.00", remaining: "2.50", resets_at: "2026-05-03T10:00:00Z" };

  expect(refusalFrom("limit_exceeded", fields, "PLY", "")).toMatchObject({ message: `You set a limit of 100.00 to lose within 7 days. 2.50 is left of it. More from ${showMoment("2026-05-03T10:00:00Z")}.`, maxStake: "2.50" });
  expect(refusalFrom("limit_exceeded", { ...fields, kind: "stake", period: "day", remaining: "0.00", resets_at: null }, "PLY", "")).toMatchObject({ message: "You set a limit of 100.00 to stake within 24 hours. Nothing is left of it.", maxStake: null });
});

test.each([
  ["timed_out", "You are taking a time-out"],
  ["self_excluded", "You have excluded yourself"],
])("the slip says why nothing is taken: %s", (code, words) => {
  expect(refusalFrom(code, { ends_at: "2026-05-03T10:00:00Z" }, "PLY", "").message).toBe(`${words} until ${showMoment("2026-05-03T10:00:00Z")}. No bet is taken from you.`);
});

test("what is left of a limit says when there is more, and that winnings make room", () => {
  const at = (instant: string) => instant.slice(0, 10);
  const spent = { ...LIMIT, amount: "550.00", counted: "520.00", remaining: "30.00", resets_at: "2026-11-30T19:01:12.615Z" };
  expect(leftOf(spent, "PLY", at)).toBe("30.00 of 550.00 left, more from 2026-11-30");
  expect(leftOf({ ...spent, resets_at: null }, "PLY", at)).toBe("30.00 of 550.00 left");
  expect(leftOf({ ...spent, kind: "loss", amount: "0.00", counted: "-1240.00", remaining: "1240.00" }, "PLY", at)).toBe("1,240.00 left: the limit of 0.00 and what you won");
});
