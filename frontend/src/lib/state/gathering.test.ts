import { beforeEach, expect, test, vi } from "vitest";
import { contacts } from "./contacts.svelte";
import { Gathering } from "./gathering.svelte";
import { session } from "./session.svelte";

const line = vi.hoisted(() => ({
  isCurrent: true,
  held: [] as string[],
  ended: [] as string[],
  typed: [] as string[],
  listener: (event: unknown): void => void event,
}));

vi.mock("./live.svelte", () => ({
  live: {
    isCurrent: () => line.isCurrent,
    hold: (topic: string, listener: (event: unknown) => void) => {
      line.held.push(topic);
      line.listener = listener;
      return () => undefined;
    },
    end: (topic: string) => line.ended.push(topic),
    typing: (topic: string) => line.typed.push(topic),
  },
}));

const person = (id: string) => ({ id, username: id, display_name: id });
const image = (event: object) => line.listener({ kind: "image", image: event });
const change = (event: object) => line.listener({ kind: "change", change: event });
const ids = (people: { id: string }[]) => people.map(({ id }) => id);

beforeEach(() => {
  Object.assign(line, { isCurrent: true, held: [], ended: [], typed: [] });
  session.user = person("ada");
});

test("an image and its changes show who is here besides the reader", () => {
  const gathering = new Gathering();
  gathering.enter("thread:1:live");
  image({ present: [person("ada"), person("ben")], typing: [person("ben")], people: 2, visitors: 3 });

  expect([ids(gathering.others), ids(gathering.typing), gathering.count]).toEqual([["ben"], ["ben"], 5]);
  change({ type: "presence.arrived", person: person("cleo") });
  change({ type: "typing.started", person: person("cleo") });
  change({ type: "typing.started", person: person("ada") });
  change({ type: "typing.stopped", user_id: "ben" });
  change({ type: "presence.left", user_id: "ben" });
  change({ type: "presence.counted", people: 2, visitors: 0 });
  expect([ids(gathering.others), ids(gathering.typing), gathering.count]).toEqual([["cleo"], ["cleo"], 2]);
  gathering.dropTyping("cleo");
  expect(gathering.typing).toEqual([]);
});

test("nothing is shown while the line is down: it may not be true any more", () => {
  const gathering = new Gathering();
  gathering.enter("conversation:1:live");
  image({ present: [person("ben")], typing: [person("ben")], people: 2, visitors: 0 });
  line.isCurrent = false;

  expect([gathering.others, gathering.typing, gathering.count]).toEqual([[], [], 0]);
});

test("who leaves is gone at once, and is back with a fresh image", () => {
  const gathering = new Gathering();
  gathering.enter("thread:1:live");
  gathering.enter("thread:1:live");
  image({ present: [person("ben")], typing: [], people: 2, visitors: 0 });
  gathering.type();
  gathering.leave();
  gathering.type();

  expect([line.held, line.ended, line.typed]).toEqual([["thread:1:live"], ["thread:1:live"], ["thread:1:live"]]);
  expect([gathering.others, gathering.count]).toEqual([[], 0]);
});

test("contacts are online while the list is followed and the line is up", () => {
  const end = contacts.follow("ada");
  image({ online: ["ben"] });
  expect([contacts.isOnline("ben"), contacts.isOnline("cleo"), contacts.isOnline(undefined)]).toEqual([true, false, false]);
  change({ type: "contact.online", user_id: "cleo" });
  change({ type: "contact.offline", user_id: "ben" });
  expect([contacts.isOnline("ben"), contacts.isOnline("cleo")]).toEqual([false, true]);
  line.isCurrent = false;
  expect(contacts.isOnline("cleo")).toBe(false);
  line.isCurrent = true;
  end();

  expect([contacts.isOnline("cleo"), line.ended]).toEqual([false, ["contacts:ada"]]);
});
