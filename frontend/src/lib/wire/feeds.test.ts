import { describe, expect, test } from "vitest";
import { ConflatedFeed, parsePosition, SequencedFeed } from "./feeds";

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
  });

  test("has no position before its image", () => {
    const feed = new SequencedFeed();

    expect(feed.since).toBeUndefined();
    expect(feed.take("a1:1", [change(1)]).hasGap).toBe(true);
  });
});

describe("a conflated topic", () => {
  test("takes newer versions only", () => {
    const feed = new ConflatedFeed();
    feed.restart([["s:1", 3, { odds: "2.00" }]]);

    expect(feed.merge([["s:1", 3, { odds: "1.90" }], ["s:1", 2, { odds: "1.80" }]])).toEqual([]);
    expect(feed.merge([["s:1", 4, { odds: "1.70" }]])).toEqual([["s:1", 4, { odds: "1.70" }]]);
  });

  test("lets a key go at null and forgets its version", () => {
    const feed = new ConflatedFeed();
    feed.restart([["e:1", 9, {}]]);

    expect(feed.merge([["e:1", 9, null]])).toEqual([["e:1", 9, null]]);
    expect(feed.merge([["e:1", 1, {}]])).toEqual([["e:1", 1, {}]]);
  });

  test("starts over with an image", () => {
    const feed = new ConflatedFeed();
    feed.restart([["e:1", 9, {}]]);

    expect(feed.restart([["e:1", 2, {}]])).toEqual([["e:1", 2, {}]]);
  });
});

test("a position is an epoch and a number", () => {
  expect(parsePosition("0f:a:12")).toEqual({ epoch: "0f:a", seq: 12 });
  expect(() => parsePosition("12")).toThrow("not a position");
});
