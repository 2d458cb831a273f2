import { describe, expect, test } from "vitest";
import { assess, attemptFor, commandOf, judgeStake, normaliseStake, relatedLegs, type LineSituation, type WantedBet } from "./slip_rules";

const LINE: LineSituation = {
  stake: "10", currency: "PLY", agreedOdds: "2.489", currentOdds: "2.489", policy: "none", stopReason: "", isClosed: false, availableMinor: 100_000,
};

describe("a line of the slip", () => {
  test("is ready with its exact return", () => {
    expect(assess(LINE)).toEqual({ kind: "ready", stakeMinor: 1000, returnMinor: 2489, odds: "2.489" });
  });

  test("asks about any move under ask, about a worse price under better, about none under any", () => {
    const worse = { ...LINE, currentOdds: "2.40" };
    const better = { ...LINE, currentOdds: "2.60" };

    expect(assess(worse)).toEqual({ kind: "changed", from: "2.489", to: "2.40" });
    expect(assess(better).kind).toBe("changed");
    expect(assess({ ...worse, policy: "better" }).kind).toBe("changed");
    expect(assess({ ...better, policy: "better" })).toMatchObject({ kind: "ready", returnMinor: 2600 });
    expect(assess({ ...worse, policy: "any" })).toMatchObject({ kind: "ready", returnMinor: 2400 });
  });

  test("says why it is closed", () => {
    expect(assess({ ...LINE, isClosed: true, stopReason: "Suspended: goal under review" })).toEqual({ kind: "closed", message: "Suspended: goal under review" });
    expect(assess({ ...LINE, currentOdds: null }).kind).toBe("closed");
  });

  test("wants a stake that is an amount and that is there", () => {
    expect(assess({ ...LINE, stake: "" }).kind).toBe("needs_stake");
    expect(assess({ ...LINE, stake: "ten" }).kind).toBe("bad_stake");
    expect(assess({ ...LINE, stake: "0" }).kind).toBe("bad_stake");
    expect(assess({ ...LINE, stake: "1000.01" })).toEqual({ kind: "short", message: "You have 1,000.00 available" });
  });

  test("takes an amount as people type it", () => {
    expect(["5.", ",5", "007", "2,50"].map(normaliseStake)).toEqual(["5", "0.5", "7", "2.50"]);
  });
});

const WANTED: WantedBet = { stakeMinor: 1000, currency: "PLY", policy: "better", legs: [{ selectionId: "s1", agreedOdds: "2.489", currentOdds: "2.60", policy: "better" }] };

describe("the command", () => {
  test("under better the agreed price travels, else the shown one", () => {
    expect(commandOf(WANTED)).toEqual({ stake: "10.00", currency: "PLY", price_policy: "better", legs: [{ selection_id: "s1", odds: "2.489" }] });
    expect(commandOf({ ...WANTED, policy: "any", legs: [{ ...WANTED.legs[0]!, policy: "any" }] }).legs[0]?.odds).toBe("2.60");
  });

  test("names type, lines, bankers, each-way, free bet and what a leg wants otherwise", () => {
    const legs = [{ ...WANTED.legs[0]!, isBanker: true }, { ...WANTED.legs[0]!, selectionId: "s2", policy: "any" as const }];

    expect(commandOf({ ...WANTED, legs, betType: "system", sizes: [1], isEachWay: true, freeBetId: "f1" })).toEqual({
      stake: "10.00", currency: "PLY", price_policy: "better", bet_type: "system", line_sizes: [1], is_each_way: true, free_bet_id: "f1",
      legs: [{ selection_id: "s1", odds: "2.489", is_banker: true }, { selection_id: "s2", odds: "2.60", price_policy: "any" }],
    });
  });

  test("keeps its key while it is the same, and another gets another", () => {
    let made = 0;
    const newKey = () => `key-${++made}`;
    const first = attemptFor(commandOf(WANTED), null, newKey);

    expect(attemptFor(commandOf(WANTED), first, newKey)).toBe(first);
    expect(attemptFor(commandOf({ ...WANTED, stakeMinor: 1001 }), first, newKey).key).toBe("key-2");
  });
});

test("a stake per line is laid as often as there are lines", () => {
  const stake = { stake: "1", currency: "PLY", availableMinor: 1000 };

  expect(judgeStake({ ...stake, times: 7 })).toEqual({ kind: "fine", stakeMinor: 700 });
  expect(judgeStake({ ...stake, times: 11 }).kind).toBe("short");
});

test("legs of one event are related, wherever they stand", () => {
  expect([...relatedLegs(["e1", "e2", "e1", "e3"])]).toEqual([0, 2]);
  expect(relatedLegs(["e1", "e2"]).size).toBe(0);
});
