import { expect, test } from "vitest";
import { Delivery } from "../../src/delivery.js";
import type { AnyTopicEvent } from "../../src/topic_types.js";

function gathered(): { delivery: Delivery; heard: AnyTopicEvent[]; shown: number[]; flush: () => void; scheduled: () => number } {
  const heard: AnyTopicEvent[] = [];
  const shown: number[] = [];
  let flush = (): void => undefined;
  let count = 0;
  const delivery = new Delivery(
    (run) => {
      count += 1;
      flush = run;
    },
    (publishedAtMs) => shown.push(publishedAtMs),
  );
  return { delivery, heard, shown, flush: () => flush(), scheduled: () => count };
}

test("one flush brings the last value of each key, after the image, and when the newest was published", () => {
  const { delivery, heard, shown, flush, scheduled } = gathered();
  const listener = (event: AnyTopicEvent) => heard.push(event);

  delivery.push("t", listener, { kind: "entries", entries: [["a", 1, "old"]], replace: true });
  delivery.push("t", listener, { kind: "entries", entries: [["a", 2, "new"], ["b", 2, "x"]], replace: false }, 100);
  delivery.push("t", listener, { kind: "entries", entries: [["a", 3, "newest"]], replace: false }, 110);
  expect(heard).toEqual([]);
  flush();

  expect(scheduled()).toBe(1);
  expect(heard).toEqual([
    { kind: "entries", entries: [["a", 1, "old"]], replace: true },
    { kind: "entries", entries: [["a", 3, "newest"], ["b", 2, "x"]], replace: false },
  ]);
  expect(shown).toEqual([110]);
});

test("changes keep their order, and nothing is lost between them", () => {
  const { delivery, heard, flush } = gathered();
  for (const seq of [1, 2, 3]) delivery.push("t", (event) => heard.push(event), { kind: "change", change: { type: `x${seq}` } });
  flush();

  expect(heard.map((event) => event.kind === "change" && event.change.type)).toEqual(["x1", "x2", "x3"]);
});

test("an image makes what waited before it pointless", () => {
  const { delivery, heard, flush } = gathered();
  const listener = (event: AnyTopicEvent) => heard.push(event);
  delivery.push("t", listener, { kind: "change", change: { type: "x" } });
  delivery.push("t", listener, { kind: "image", image: 1 });
  flush();

  expect(heard).toEqual([{ kind: "image", image: 1 }]);
});

test("a topic that was left is not delivered any more", () => {
  const { delivery, heard, flush } = gathered();
  delivery.push("t", (event) => heard.push(event), { kind: "image", image: 1 });
  delivery.drop("t");
  flush();

  expect(heard).toEqual([]);
});
