import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freeBets } from "./free_bets.svelte";
import { prices } from "./prices.svelte";
import { session } from "./session.svelte";
import { SlipState, type Pick } from "./slip.svelte";
import { carryOut, planOf, totalsOf } from "./slip_plan";

const TOKEN = { id: "f1", amount: "5.00", currency: "PLY", status: "available", reason: "welcome", granted_at: "2026-01-01T00:00:00Z", expires_at: "2026-02-01T00:00:00Z" } as const;
const RECEIPT = { id: "b1", status: "accepted", stake: "5.00", odds: "2.62", potential_win: "8.10", currency: "PLY", legs: [], is_free_bet: true };

let version = 0;
let sent: { path: string; body: Record<string, unknown> | null }[];
let replies: Record<string, () => Response>;

const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });
const pick = (number: number): Pick => ({ selectionId: `s${number}`, marketId: `m${number}`, eventId: `e${number}`, selectionName: `Side ${number}`, marketName: "Match result", eventName: "One v Other" });

beforeEach(() => {
  sent = [];
  replies = { "/api/free-bets": json(200, []) };
  sessionStorage.clear();
  for (const [number, odds] of [[1, "2.62"], [2, "2.00"]] as const) {
    prices.of(`s${number}`).take(++version, odds);
    prices.market(`m${number}`).take(version, "active");
  }
  session.wallets = [{ currency: "PLY", available: "3.00", held: "0.00", total_winnings: "0.00", total_losses: "0.00" }];
  freeBets.items = [TOKEN];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push({ path, body: init.body ? JSON.parse(String(init.body)) : null });
    return Promise.resolve(replies[path]!());
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  freeBets.watch(undefined);
});

function draft(count = 1): SlipState {
  const slip = new SlipState();
  for (let number = 1; number <= count; number++) slip.toggle(pick(number));
  return slip;
}

test("a token sets the stake, whatever the wallet holds, and pays what is above it", async () => {
  const slip = draft();
  const line = slip.lines[0]!;
  line.setStake("10");
  expect(planOf(slip, false).label).toBe("You have 3.00 available");

  line.change({ freeBetId: "f1" });
  expect(line.fixedStake).toBe("5.00");
  expect(planOf(slip, false).label).toBe("Place free bet of 5.00 to return 8.10");
  line.change({ freeBetId: null });
  expect(line.fixedStake).toBeNull();
  expect(line.stake).toBe("10");

  line.change({ freeBetId: "f1" });
  replies["/api/slips"] = json(201, RECEIPT);
  await carryOut(planOf(slip, false));
  expect(sent[0]!.body).toMatchObject({ stake: "5.00", free_bet_id: "f1" });
  expect(line.phase).toBe("placed");
});

test("one token pays for one bet, and the total to pay leaves it out", () => {
  const slip = draft(2);
  slip.lines[0]!.change({ freeBetId: "f1" });
  slip.lines[1]!.setStake("2");

  expect(slip.tokensFor(slip.lines[0]!).map((token) => token.id)).toEqual(["f1"]);
  expect(slip.tokensFor(slip.lines[1]!)).toEqual([]);
  expect(totalsOf(slip.lines)).toEqual({ paidMinor: 200, freeMinor: 500, tokens: 1, returnMinor: 1210 });
  expect(planOf(slip, false).label).toBe("Place 2 bets, 2.00 and a free bet to return 12.10");
});

test("a system's token is its whole stake; used again, the slip asks for money", async () => {
  const slip = draft(2);
  slip.choose("system");
  slip.ticket.toggleSize(1);
  slip.ticket.change({ stake: "1", freeBetId: "f1" });
  // 2.50 x 2.62 + 2.50 x 2.00 - 5.00
  expect(planOf(slip, false).label).toBe("Place 2 lines, free bet of 5.00 to return up to 6.55");

  replies["/api/slips"] = json(201, { ...RECEIPT, bet_type: "system" });
  await carryOut(planOf(slip, false));
  slip.reuse();
  expect(slip.ticket.freeBet).toBeNull();
  expect(planOf(slip, false).label).toBe("Place 2 lines, 2.00 to return up to 4.62");
});

test("placing asks for the tokens that are left", async () => {
  replies["/api/free-bets"] = json(200, [TOKEN]);
  freeBets.watch("ada");
  await vi.waitFor(() => expect(freeBets.isLoaded).toBe(true));
  const slip = draft();
  slip.lines[0]!.change({ freeBetId: "f1" });
  replies = { "/api/slips": json(201, RECEIPT), "/api/free-bets": json(200, []) };
  await carryOut(planOf(slip, false));

  await vi.waitFor(() => expect(freeBets.items).toEqual([]));
});

test.each([
  ["used", "This free bet stands on another slip already. Take it off, or choose another."],
  ["expired", "This free bet has ended. Take it off, or choose another."],
  ["withdrawn", "This free bet was taken back. Take it off, or choose another."],
])("a token that cannot be used is refused in words: %s", async (reason, message) => {
  const slip = draft();
  slip.lines[0]!.change({ freeBetId: "f1" });
  replies["/api/slips"] = json(409, { code: "free_bet_unavailable", title: "This free bet cannot be used", reason });
  await carryOut(planOf(slip, false));

  expect(slip.lines[0]).toMatchObject({ phase: "editing", refusal: { message } });
});

test("a chosen token survives a reload, unless it is gone by then", () => {
  draft().lines[0]!.change({ freeBetId: "f1" });
  const again = new SlipState();
  again.restore();
  expect(planOf(again, false).label).toBe("Place free bet of 5.00 to return 8.10");

  freeBets.items = [];
  expect(again.lines[0]).toMatchObject({ freeBet: null, fixedStake: null });
});

test("so does that of a bet of several selections", () => {
  const slip = draft(2);
  slip.choose("accumulator");
  slip.ticket.change({ freeBetId: "f1" });
  const again = new SlipState();
  again.restore();

  expect(again.ticket.freeBet).toEqual(TOKEN);
});
