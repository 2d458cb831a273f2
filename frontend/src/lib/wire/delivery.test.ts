import { expect, test } from "vitest";
import { Delivery, type TopicEvent } from "./delivery";

test("one flush brings the last value of each key, after the image", () => {
  const heard: TopicEvent[] = [];
  let flush = (): void => undefined;
  let scheduled = 0;
  const delivery = new Delivery((run) => {
    scheduled += 1;
    flush = run;
  });
  const listener = (event: TopicEvent) => heard.push(event);

  delivery.push("t", listener, { kind: "entries", entries: [["a", 1, "old"]], replace: true });
  delivery.push("t", listener, { kind: "entries", entries: [["a", 2, "new"], ["b", 2, "x"]], replace: false });
  delivery.push("t", listener, { kind: "entries", entries: [["a", 3, "newest"]], replace: false });
  expect(heard).toEqual([]);
  flush();

  expect(scheduled).toBe(1);
  expect(heard).toEqual([
    { kind: "entries", entries: [["a", 1, "old"]], replace: true },
    { kind: "entries", entries: [["a", 3, "newest"], ["b", 2, "x"]], replace: false },
  ]);
});

test("changes keep their order, and nothing is lost between them", () => {
  const heard: TopicEvent[] = [];
  let flush = (): void => undefined;
  const delivery = new Delivery((run) => (flush = run));
  for (const seq of [1, 2, 3]) delivery.push("t", (event) => heard.push(event), { kind: "change", change: { seq, type: "x" } });
  flush();

  expect(heard.map((event) => event.kind === "change" && event.change.seq)).toEqual([1, 2, 3]);
});

test("an image makes what waited before it pointless", () => {
  const heard: TopicEvent[] = [];
  let flush = (): void => undefined;
  const delivery = new Delivery((run) => (flush = run));
  const listener = (event: TopicEvent) => heard.push(event);
  delivery.push("t", listener, { kind: "change", change: { seq: 1, type: "x" } });
  delivery.push("t", listener, { kind: "image", image: 1 });
  flush();

  expect(heard).toEqual([{ kind: "image", image: 1 }]);
});
