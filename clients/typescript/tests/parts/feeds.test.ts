import { describe, expect, test } from "vitest";
import { ConflatedFeed, findPosition, SequencedFeed } from "../../src/feeds.js";

const change = (seq: number) => ({ seq, type: "slip.placed" });

describe("a sequenced topic", () => {
  test("applies what follows and drops what it has", () => {
    const feed = new SequencedFeed();
    feed.restart("a1:4");

    expect(feed.take("a1:6", [change(5), change(6)])).toEqual({ changes: [change(5), change(6)], hasGap: false });
    expect(feed.take("a1:6", [change(5), change(6)])).toEqual({ changes: [], hasGap: false });
    expect(feed.take("a1:7", [change(6), change(7)])).toEqual({ changes: [change(7)], hasGap: false });
    expect(feed.since).toBe("a1:7");
  });

  test("stops at a hole and keeps what came before it", () => {
    const feed = new SequencedFeed();
    feed.restart("a1:4");

    expect(feed.take("a1:8", [change(5), change(8)])).toEqual({ changes: [change(5)], hasGap: true });
    expect(feed.since).toBe("a1:5");
  });

  test("takes another epoch for a gap, and does not resume across it", () => {
    const feed = new SequencedFeed();
    feed.restart("a1:4");

    expect(feed.take("b2:5", [change(5)])).toEqual({ changes: [], hasGap: true });
    expect(feed.resume("b2:4")).toBe(false);
    expect(feed.resume("a1:9")).toBe(true);
    expect([feed.hasReached("a1:4"), feed.hasReached("a1:5"), feed.hasReached("b2:4")]).toEqual([true, false, false]);
  });

  test("has no position before its image", () => {
    const feed = new SequencedFeed();

    expect(feed.since).toBeUndefined();
    expect(feed.take("a1:1", [change(1)]).hasGap).toBe(true);
  });
});

describe("a conflated topic", () => {
  test("ends in the same values whatever the order of arrival", () => {
    const entries: [string, number, object | null][] = [["a", 1, { n: 1 }], ["a", 2, { n: 2 }], ["a", 3, null], ["b", 2, { n: 2 }], ["a", 5, { n: 5 }]];
    const orders = entries.map((_, start) => [...entries.slice(start), ...entries.slice(0, start)]);
    const ends = [...orders, [...entries].reverse()].map((order) => {
      const feed = new ConflatedFeed();
      const values = new Map<string, unknown>();
      for (const entry of order) for (const [key, , value] of feed.merge([entry])) values.set(key, value);
      return [values.get("a"), values.get("b")];
    });

    expect(new Set(ends.map((end) => JSON.stringify(end)))).toEqual(new Set(['[{"n":5},{"n":2}]']));
  });

  test("lets a key that went come back unchanged", () => {
    const feed = new ConflatedFeed();
    feed.restart([["e:1", 9, {}]]);

    expect(feed.merge([["e:1", 9, null]])).toEqual([["e:1", 9, null]]);
    expect(feed.merge([["e:1", 8, {}]])).toEqual([]);
    expect(feed.merge([["e:1", 9, {}]])).toEqual([["e:1", 9, {}]]);
  });

  test("starts over with an image", () => {
    const feed = new ConflatedFeed();
    feed.restart([["e:1", 9, {}]]);

    expect(feed.restart([["e:1", 2, {}]])).toEqual([["e:1", 2, {}]]);
  });
});

test("a position is an epoch and a number", () => {
  expect(findPosition("0f:a:12")).toEqual({ epoch: "0f:a", seq: 12 });
  expect(["12", "", "a:", "a:x", ":1", "a:-1", "a:1.5"].map(findPosition)).toEqual([null, null, null, null, null, null, null]);
});
