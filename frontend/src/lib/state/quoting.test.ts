import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PlaceSlip, SlipQuote } from "$lib/api/types";
import { prices } from "./prices.svelte";
import { PAUSE_MS, PAUSE_MS_MAX, Quoting, type Question } from "./quoting.svelte";
import { SlipState } from "./slip.svelte";
import { planOf } from "./slip_plan";

const REPLY: SlipQuote = { line_count: 1, stake: "10.00", potential_win: "26.20", stakes: { min: "0.10", max: "500.00", reason: "payout" }, delay_ms: 5000, legs: [], is_accepted: true, rejection: null };
let asked: { body: PlaceSlip; answer: (reply: SlipQuote) => void; fail: () => void }[];

beforeEach(() => {
  asked = [];
  sessionStorage.clear();
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body)) as PlaceSlip;
    return new Promise<Response>((resolve) => asked.push({
      body,
      answer: (reply) => resolve(new Response(JSON.stringify(reply), { status: 200 })),
      fail: () => resolve(new Response(JSON.stringify({ title: "Away", code: "temporarily_unavailable" }), { status: 503 })),
    }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const question = (stake: string, odds = "2.62", selection = "s1"): Question => ({
  command: { stake, currency: "PLY", price_policy: "better", legs: [{ selection_id: selection, odds }] } as PlaceSlip,
  prices: [odds],
  hasStake: true,
});
const settle = () => vi.advanceTimersByTimeAsync(PAUSE_MS);

test("asks once the person pauses, for what was typed last, and not twice for the same", async () => {
  const quoting = new Quoting();
  for (const stake of ["1.00", "10.00", "100.00"]) quoting.ask(question(stake));
  await settle();
  quoting.ask(question("100.00"));
  await settle();

  expect(asked.map(({ body }) => body.stake)).toEqual(["100.00"]);
});

test("prices that never rest are asked about all the same", async () => {
  const quoting = new Quoting();
  for (let step = 0; step * 100 <= PAUSE_MS_MAX; step++) {
    quoting.ask(question("10.00", `2.${10 + step}`));
    await vi.advanceTimersByTimeAsync(100);
  }

  expect(asked).toHaveLength(1);
});

test("the newest answer wins, whichever comes last", async () => {
  const quoting = new Quoting();
  quoting.ask(question("10.00"));
  await settle();
  quoting.ask(question("20.00"));
  await settle();

  asked[1]!.answer({ ...REPLY, potential_win: "52.40" });
  await vi.advanceTimersByTimeAsync(0);
  asked[0]!.answer(REPLY);
  await vi.advanceTimersByTimeAsync(0);

  expect(quoting.exactly(question("20.00"))?.potential_win).toBe("52.40");
  expect(quoting.exactly(question("10.00"))).toBeNull();
});

test("limits hold for the bet at any stake, and for no other bet", async () => {
  const quoting = new Quoting();
  quoting.ask(question("10.00"));
  await settle();
  asked[0]!.answer(REPLY);
  await vi.advanceTimersByTimeAsync(0);

  expect(quoting.about(question("11.00", "2.70"))?.stakes?.max).toBe("500.00");
  expect(quoting.about(question("10.00", "2.62", "s2"))).toBeNull();
});

test("nothing is asked without a question, and what got no answer may be asked again", async () => {
  const quoting = new Quoting();
  quoting.ask(question("10.00"));
  quoting.ask(null);
  await settle();
  expect(asked).toHaveLength(0);

  quoting.ask(question("10.00"));
  await settle();
  asked[0]!.fail();
  await vi.advanceTimersByTimeAsync(0);
  quoting.ask(question("10.00"));
  await settle();
  expect(asked).toHaveLength(2);
});

test("the slip shows what the server would pay and why it would not, and is never held up by it", async () => {
  const slip = new SlipState();
  prices.of("q1").take(1, "2.62");
  prices.market("q1m").take(1, "active");
  slip.toggle({ selectionId: "q1", marketId: "q1m", eventId: "q1e", selectionName: "Arsenal", marketName: "Match result", eventName: "Arsenal v Chelsea" });
  const line = slip.lines[0]!;
  expect(line.question).toMatchObject({ hasStake: false, command: { stake: "1.00" } });
  line.setStake("9000");
  line.quoting.ask(line.question);
  await settle();
  expect(planOf(slip, false)).toMatchObject({ kind: "place", label: "Place 9,000.00 to return 23,580.00" });

  const rejection = { code: "stake_above_max", detail: { max_stake: "3816.79", reason: "payout" } };
  asked[0]!.answer({ ...REPLY, potential_win: "10000.00", is_accepted: false, rejection });
  await vi.advanceTimersByTimeAsync(0);

  expect(line.objection).toMatchObject({ message: "The return would be above the highest payout. At most 3,816.79 can be staked.", maxStake: "3816.79" });
  expect(planOf(slip, false)).toMatchObject({ kind: "place", label: "Place 9,000.00 to return 10,000.00" });
  line.setStake("10");
  expect(line.objection).toBeNull();
});

test("a market that the desk has stopped is asked about once more, and the slip says what the server knows", async () => {
  const slip = new SlipState();
  prices.of("q2").take(1, "2.62");
  prices.market("q2m").take(1, "active");
  slip.toggle({ selectionId: "q2", marketId: "q2m", eventId: "q2e", selectionName: "Arsenal", marketName: "Full-time result", eventName: "Arsenal v Chelsea" });
  const line = slip.lines[0]!;
  line.setStake("10");
  expect(line.question?.prices).toEqual(["2.62"]);

  prices.market("q2m").take(2, "suspended");
  expect(planOf(slip, false)).toMatchObject({ kind: "wait", label: "Suspended by our traders" });
  expect(line.question?.prices).toEqual([null]);
  line.quoting.ask(line.question);
  await settle();
  asked[0]!.answer({ ...REPLY, is_accepted: false, rejection: { code: "market_suspended", detail: { reason: "sport_stopped" } } });
  await vi.advanceTimersByTimeAsync(0);
  expect(line.closedWords).toBe("Betting on this sport is stopped for now. The bet can be placed when it is open again.");

  prices.market("q2m").take(3, "settled");
  expect([line.question, line.closedWords]).toEqual([null, "The result is known"]);
});
