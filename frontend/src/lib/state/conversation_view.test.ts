import { afterEach, expect, test, vi } from "vitest";
import type { Message } from "$lib/api/types";
import { ConversationView } from "./conversation_view.svelte";
import { session } from "./session.svelte";
import { hearUserStream } from "./user_stream";

const ADA = { id: "ada", username: "ada", display_name: "Ada" };

function message(seq: number, body: string): Message {
  return { id: `m${seq}`, conversation_id: "c1", seq, sender: ADA, body, body_html: body, sent_at: "2026-01-01T12:00:00Z", read: false, is_hidden: false };
}

function stream(sent: Message): void {
  const change = { seq: sent.seq, type: "message.received" as const, message: sent, conversation_id: "c1", unread: 0, conversation_unread: 0 };
  hearUserStream({ kind: "change", change });
}

afterEach(() => vi.unstubAllGlobals());

test("our own message stands once, whether the stream or the answer is first", async () => {
  session.user = ADA;
  let answer = (): void => undefined;
  vi.stubGlobal("fetch", (path: string) => {
    if (path.endsWith("/read")) return Promise.resolve(new Response('{"unread": 0, "conversation_unread": 0}'));
    return new Promise((resolve) => (answer = () => resolve(new Response(JSON.stringify(message(1, "Hello")), { status: 201 }))));
  });
  const view = new ConversationView("c1");
  const close = view.open();

  const sending = view.send("Hello");
  expect(view.outgoing.map((each) => each.body)).toEqual(["Hello"]);
  stream(message(1, "Hello"));
  expect(view.outgoing).toEqual([]);
  answer();
  await sending;

  expect(view.messages.map((each) => each.seq)).toEqual([1]);
  expect(view.outgoing).toEqual([]);
  close();
});

test("a message that was not sent keeps its key for the retry", async () => {
  session.user = ADA;
  const keys: (string | null)[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    if (path.endsWith("/read")) return Promise.resolve(new Response('{"unread": 0, "conversation_unread": 0}'));
    keys.push(new Headers(init.headers).get("Idempotency-Key"));
    return keys.length === 1 ? Promise.reject(new TypeError("network")) : Promise.resolve(new Response(JSON.stringify(message(1, "Hello")), { status: 201 }));
  });
  const view = new ConversationView("c1");

  await view.send("Hello");
  expect(view.outgoing[0]!.error).toContain("cannot be reached");
  await view.deliver(view.outgoing[0]!);

  expect(keys[1]).toBe(keys[0]);
  expect(view.messages).toHaveLength(1);
});
