import { describe, expect, test } from "vitest";
import { assess, attemptFor, commandOf, normaliseStake, type LineSituation } from "./slip_rules";

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

test("under better the agreed price travels, else the shown one", () => {
  const line = { ...LINE, currentOdds: "2.60" };

  expect(commandOf({ ...line, policy: "better" }, "s1", 1000)).toEqual({
    stake: "10.00", currency: "PLY", price_policy: "better", legs: [{ selection_id: "s1", odds: "2.489" }],
  });
  expect(commandOf({ ...line, policy: "any" }, "s1", 1000).legs[0]?.odds).toBe("2.60");
});

test("the same command keeps its key and another gets another", () => {
  let made = 0;
  const newKey = () => `key-${++made}`;
  const command = commandOf(LINE, "s1", 1000);
  const first = attemptFor(command, null, newKey);

  expect(attemptFor(commandOf(LINE, "s1", 1000), first, newKey)).toBe(first);
  expect(attemptFor(commandOf(LINE, "s1", 1001), first, newKey).key).toBe("key-2");
});
