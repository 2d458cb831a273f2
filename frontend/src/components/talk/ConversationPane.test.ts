import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { live } from "$lib/state/live.svelte";
import { session } from "$lib/state/session.svelte";
import { hearUserStream } from "$lib/state/user_stream";
import ConversationPane from "./ConversationPane.svelte";

const ADA = { id: "ada", username: "ada", display_name: "Ada" };
const BEN = { id: "ben", username: "ben", display_name: "Ben" };
const ROW_PX = 400;
const SHOWN_PX = 500;

const message = (seq: number, sender: typeof ADA) => ({ id: `m${seq}`, conversation_id: "c1", seq, sender, body: `No ${seq}`, body_html: `No ${seq}`, sent_at: "2026-01-01T12:00:00Z", read: false, is_hidden: false });

let answer: (reply: Response) => void;

beforeEach(() => {
  session.user = ADA as typeof session.user;
  vi.spyOn(live, "hold").mockReturnValue(() => undefined);
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (path.endsWith("/read")) return Promise.resolve(new Response('{"unread": 0, "conversation_unread": 0}'));
    if (init?.method === "POST") return new Promise<Response>((resolve) => (answer = resolve));
    return Promise.resolve(new Response(JSON.stringify({ items: [message(1, BEN), message(2, BEN)], next_cursor: null })));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  session.user = null;
});

/** The list as it would be laid out: every message is taller than what counts as near its end. */
async function open(): Promise<HTMLElement> {
  render(ConversationPane, { id: "c1" });
  const list = await screen.findByRole("log");
  await new Promise((resolve) => setTimeout(resolve)); // what came first has been scrolled to its end
  const rows = () => list.querySelectorAll("li").length;
  Object.defineProperties(list, { clientHeight: { get: () => SHOWN_PX }, scrollHeight: { get: () => rows() * ROW_PX } });
  list.scrollTop = rows() * ROW_PX - SHOWN_PX;
  return list;
}

const hear = (seq: number) => hearUserStream({ kind: "change", change: { seq, type: "message.received", message: message(seq, BEN), conversation_id: "c1", unread: 0, conversation_unread: 0 } } as never);

test("whoever is at the end stays there when a long message comes, and whoever reads above is left there", async () => {
  const list = await open();
  hear(3);
  await vi.waitFor(() => expect(list.scrollTop).toBe(3 * ROW_PX));

  list.scrollTop = 0;
  hear(4);
  await screen.findByText("No 4");
  expect(list.scrollTop).toBe(0);
});

test("the keyboard goes on in the field after Send, and a message that was not sent is in sight", async () => {
  const list = await open();
  const field = screen.getByRole<HTMLTextAreaElement>("textbox");
  field.value = "Hello";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Send" });
  await vi.waitFor(() => expect(button.disabled).toBe(false));
  button.focus();
  button.click();
  await vi.waitFor(() => expect(document.activeElement).toBe(field));

  list.scrollTop = 3 * ROW_PX - SHOWN_PX;
  answer(new Response(JSON.stringify({ title: "No", status: 409, code: "blocked" }), { status: 409 }));
  await screen.findByRole("alert");
  await vi.waitFor(() => expect(list.scrollTop).toBe(3 * ROW_PX));

  const retry = screen.getByRole<HTMLButtonElement>("button", { name: "Retry" });
  retry.focus();
  retry.click();
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
});
