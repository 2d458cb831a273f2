import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { live } from "./live.svelte";
import { matches, type Match } from "./matches.svelte";
import { prices } from "./prices.svelte";
import { session } from "./session.svelte";
import { SlipState, type Pick } from "./slip.svelte";
import { carryOut, planOf } from "./slip_plan";
import { hearUserStream } from "./user_stream";

const PICK: Pick = { selectionId: "s1", marketId: "m1", eventId: "e1", selectionName: "Arsenal", marketName: "Match result", eventName: "Arsenal v Chelsea" };
const RECEIPT = { id: "b1", status: "accepted", stake: "10.00", odds: "2.62", potential_win: "26.20", currency: "PLY", legs: [], payout: null, settled_at: null };

let version = 0;
let requests: { key: string | null; body: unknown }[];
let answers: (() => Response)[];

const json = (status: number, body: object) => () => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  requests = [];
  answers = [];
  sessionStorage.clear();
  prices.of("s1").take(++version, "2.62");
  prices.market("m1").take(version, "active");
  session.wallets = [{ currency: "PLY", available: "1000.00", held: "0.00", total_winnings: "0.00", total_losses: "0.00" }];
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    requests.push({ key: new Headers(init.headers).get("Idempotency-Key"), body: JSON.parse(String(init.body)) });
    return Promise.resolve().then(answers.shift() ?? (() => { throw new TypeError("network"); }));
  });
});

afterEach(() => vi.unstubAllGlobals());

function draft(): SlipState {
  const slip = new SlipState();
  slip.toggle(PICK);
  slip.lines[0]!.setStake("10");
  return slip;
}

test("the button states the outcome and places exactly that", async () => {
  const slip = draft();
  expect(planOf(slip, false).label).toBe("Place 10.00 to return 26.20");
  answers = [json(201, RECEIPT)];

  await slip.lines[0]!.place();

  expect(requests[0]!.body).toEqual({ stake: "10.00", currency: "PLY", price_policy: "better", legs: [{ selection_id: "s1", odds: "2.62" }] });
  expect(slip.lines[0]!.phase).toBe("placed");
  expect(planOf(slip, false).kind).toBe("done");
});

test("a bet is each way while the market pays places, and to win from the start of the race on", () => {
  const slip = draft();
  const line = slip.lines[0]!;
  prices.market("m1").takeEachWay(version, { places: 3, fraction: "1/4" });
  line.change({ isEachWay: true });
  expect([line.lineCount, planOf(slip, false).label]).toEqual([2, "Place 20.00 to return up to 40.25"]);

  matches.of("e1").board = { phase: "playing" } as Match["board"];
  expect([line.eachWay, line.lineCount, planOf(slip, false).label]).toEqual([null, 1, "Place 10.00 to return 26.20"]);

  matches.of("e1").board = { phase: "scheduled" } as Match["board"];
  expect(line.lineCount).toBe(2);
  prices.market("m1").takeEachWay(++version, null);
  expect([line.eachWay, line.lineCount]).toEqual([null, 1]);
  matches.of("e1").board = null;
});

test("a lost answer is retried with the same key and the same body, even when the price moved on", async () => {
  const slip = draft();
  const line = slip.lines[0]!;
  await line.place();
  expect(line.phase).toBe("uncertain");
  expect(planOf(slip, false)).toMatchObject({ kind: "retry", label: "Try again" });

  prices.of("s1").take(++version, "3.00");
  answers = [json(201, RECEIPT)];
  await line.place();

  expect(requests).toHaveLength(2);
  expect(requests[1]).toEqual(requests[0]);
  expect(line.phase).toBe("placed");
});

test("a refusal tells the current price, and the next attempt has a key of its own", async () => {
  const slip = draft();
  const line = slip.lines[0]!;
  answers = [json(409, { code: "odds_changed", title: "Odds changed", legs: [{ selection_id: "s1", current: "2.5" }] }), json(201, RECEIPT)];
  await line.place();

  expect(line.refusal).toMatchObject({ code: "odds_changed", message: "The price is now 2.50. Nothing was placed." });
  expect(planOf(slip, false)).toMatchObject({ kind: "accept_and_place", label: "Accept 2.50 and place" });
  await carryOut(planOf(slip, false));
  expect(requests[1]!.key).not.toBe(requests[0]!.key);
});

test("a move under ask must be accepted before anything is placed", async () => {
  const slip = draft();
  slip.setPolicy("none");
  prices.of("s1").take(++version, "2.50");
  expect(planOf(slip, false)).toMatchObject({ kind: "accept", label: "Accept 2.50" });

  await slip.lines[0]!.place();
  expect(requests).toHaveLength(0);

  slip.lines[0]!.acceptChange();
  expect(planOf(slip, false).label).toBe("Place 10.00 to return 25.00");
});

test("drafts survive a reload, and an unanswered one can only be repeated as it was", async () => {
  const slip = draft();
  await slip.lines[0]!.place();
  const again = new SlipState();
  again.restore();

  expect(again.lines[0]).toMatchObject({ stake: "10", phase: "uncertain" });
  answers = [json(201, RECEIPT)];
  await again.lines[0]!.place();
  expect(requests[1]).toEqual(requests[0]);
});

test("nothing can be placed while the connection is down", () => {
  expect(planOf(draft(), true)).toMatchObject({ kind: "wait", label: "Offline: your slip is kept" });
});

test("several bets are counted and added up", () => {
  const slip = draft();
  prices.of("s2").take(1, "3.00");
  prices.market("m2").take(1, "active");
  slip.toggle({ ...PICK, selectionId: "s2", marketId: "m2", eventId: "e2" });
  expect(planOf(slip, false).label).toBe("Enter a stake");
  slip.lines[1]!.setStake("2.50");

  expect(planOf(slip, false).label).toBe("Place 2 bets, 12.50 to return 33.70");
});

test("choosing a price twice takes it off again", () => {
  const slip = draft();
  slip.toggle(PICK);

  expect(slip.count).toBe(0);
});

describe("one bet of all selections", () => {
  function three(): SlipState {
    const slip = draft();
    for (const number of [2, 3]) {
      prices.of(`s${number}`).take(++version, `${number}.00`);
      prices.market(`m${number}`).take(version, "active");
      slip.toggle({ ...PICK, selectionId: `s${number}`, marketId: `m${number}`, eventId: `e${number}`, selectionName: `Side ${number}` });
    }
    return slip;
  }

  test("offers what so many selections make", () => {
    expect(three().offered).toEqual(["single", "accumulator", "trixie", "patent", "system"]);
    expect(draft().offered).toEqual(["single"]);
  });

  test("a treble is one line at the product", async () => {
    const slip = three();
    slip.choose("accumulator");
    slip.ticket.change({ stake: "10" });
    expect(planOf(slip, false).label).toBe("Place 10.00 to return 157.20");
    answers = [json(201, { ...RECEIPT, bet_type: "accumulator" })];

    await carryOut(planOf(slip, false));

    expect(requests[0]!.body).toMatchObject({ bet_type: "accumulator", stake: "10.00", legs: [{ selection_id: "s1" }, { selection_id: "s2" }, { selection_id: "s3" }] });
    expect(planOf(slip, false).kind).toBe("done");
    slip.clearPlaced();
    expect(slip.count).toBe(0);
  });

  test("a Trixie lays its stake on every line", () => {
    const slip = three();
    slip.choose("trixie");
    slip.ticket.change({ stake: "2" });

    // 2.00 x (2.62 x 2 + 2.62 x 3 + 2 x 3 + 2.62 x 2 x 3)
    expect(planOf(slip, false).label).toBe("Place 4 lines, 8.00 to return up to 69.64");
    slip.ticket.change({ stakeKind: "total" });
    expect(planOf(slip, false).label).toBe("Place 4 lines, 2.00 to return up to 17.41");
  });

  test("a system wants its sizes; a banker stands in every line", async () => {
    const slip = three();
    slip.choose("system");
    slip.ticket.change({ stake: "1" });
    expect(planOf(slip, false).label).toBe("Choose the lines of your system");

    slip.lines[0]!.change({ isBanker: true });
    slip.ticket.toggleSize(1);
    expect(planOf(slip, false).label).toBe("Place 2 lines, 2.00 to return up to 13.10");

    answers = [json(201, RECEIPT)];
    await carryOut(planOf(slip, false));
    expect(requests[0]!.body).toMatchObject({ bet_type: "system", line_sizes: [1], stake: "2.00", legs: [{ is_banker: true }, {}, {}] });
  });

  test("related selections are said before anything is placed", () => {
    const slip = three();
    prices.of("s9").take(++version, "2.00");
    prices.market("m9").take(version, "active");
    slip.toggle({ ...PICK, selectionId: "s9", marketId: "m9" });
    slip.choose("accumulator");
    slip.ticket.change({ stake: "1" });

    expect([...slip.ticket.related]).toEqual([0, 3]);
    expect(planOf(slip, false)).toMatchObject({ kind: "wait", label: "Remove one of the related selections" });
  });
});

test("a bet in play waits for its verdict, and a rejection says why and leaves the draft", async () => {
  const slip = draft();
  const line = slip.lines[0]!;
  const due = new Date(Date.now() + 5_000).toISOString();
  answers = [json(202, { ...RECEIPT, status: "pending_delay", due_at: due })];
  await line.place();

  expect(line.phase).toBe("waiting");
  expect(planOf(slip, false)).toMatchObject({ kind: "wait", label: "Checking the bet…", isBusy: true });

  line.hear({ ...RECEIPT, status: "rejected", rejection: { code: "market_suspended", detail: { reason: "goal" } } } as never);
  expect(line.phase).toBe("editing");
  expect(line.refusal?.message).toBe("A goal came first. Nothing was placed: try again when it is open.");
});

test.each([
  ["accepted", { ...RECEIPT, status: "accepted" }, "placed"],
  ["rejected", { ...RECEIPT, status: "rejected", rejection: { code: "market_suspended", detail: { reason: "goal" } } }, "editing"],
])("a verdict that overtakes the answer is not lost: %s", async (verdict, slipThen, phase) => {
  const line = draft().lines[0]!;
  answers = [() => {
    hearUserStream({ kind: "change", change: { seq: 1, type: `slip.${verdict}`, slip: slipThen } } as never);
    return json(202, { ...RECEIPT, status: "pending_delay", due_at: new Date(Date.now() + 60_000).toISOString() })();
  }];

  await line.place();

  expect(line.phase).toBe(phase);
});

test("a slip without a verdict is asked for after its delay by the server's clock", async () => {
  vi.useFakeTimers({ now: Date.parse("2026-01-01T12:00:00Z") });
  vi.spyOn(live, "clockOffsetMs", "get").mockReturnValue(-20_000);
  const line = draft().lines[0]!;
  const asked: string[] = [];
  answers = [json(202, { ...RECEIPT, status: "pending_delay", due_at: "2026-01-01T11:59:45Z" })];
  await line.place();
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    return Promise.resolve(json(200, RECEIPT)());
  });

  // The server's clock stands at 11:59:40: the verdict is due in five seconds.
  await vi.advanceTimersByTimeAsync(6_000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(asked).toEqual(["/api/slips/b1"]);
  expect(line.phase).toBe("placed");
  vi.useRealTimers();
});

test("a stake that is too high comes with one that is taken", async () => {
  const slip = draft();
  const line = slip.lines[0]!;
  answers = [json(422, { code: "stake_above_max", title: "The stake is too high", max_stake: "7.50", reason: "payout" })];
  await line.place();

  expect(line.refusal).toMatchObject({ maxStake: "7.50", message: "The return would be above the highest payout. At most 7.50 can be staked." });
});

test.each([
  ["slip.accepted", { ...RECEIPT, status: "accepted" }, "placed"],
  ["slip.rejected", { ...RECEIPT, status: "rejected", rejection: { code: "market_suspended", detail: { reason: "goal" } } }, "editing"],
])("the end of a delay is heard on the private stream: %s", async (type, slipThen, phase) => {
  const line = draft().lines[0]!;
  answers = [json(202, { ...RECEIPT, status: "pending_delay", due_at: new Date(Date.now() + 60_000).toISOString() })];
  await line.place();

  hearUserStream({ kind: "change", change: { seq: 1, type, slip: slipThen } } as never);

  expect(line.phase).toBe(phase);
});

test("whoever has excluded themselves is told so by the button", () => {
  expect(planOf(draft(), true, true)).toMatchObject({ kind: "wait", label: "You have excluded yourself: no bet is taken" });
  expect(planOf(draft(), true)).toMatchObject({ kind: "wait", label: "Offline: your slip is kept" });
});
