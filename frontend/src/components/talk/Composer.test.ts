import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { unreachable } from "$lib/api/errors";
import { session } from "$lib/state/session.svelte";
import Composer from "./Composer.svelte";

let finish: () => void;
let fail: (error: Error) => void;

beforeEach(async () => {
  session.user = { id: "ada", username: "ada" } as typeof session.user;
  render(Composer, { label: "Your reply", action: "Reply", send: () => new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject])) });
  const field = screen.getByRole<HTMLTextAreaElement>("textbox");
  field.value = "Well played";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button").disabled).toBe(false));
});

afterEach(() => {
  cleanup();
  session.user = null;
});

async function send(): Promise<HTMLButtonElement> {
  const button = screen.getByRole<HTMLButtonElement>("button");
  button.focus();
  button.click();
  await vi.waitFor(() => expect([button.disabled, button.getAttribute("aria-disabled"), button.textContent]).toEqual([false, "true", "Sending…"]));
  expect(document.activeElement).toBe(button);
  return button;
}

test("the keyboard stays on the button while words are sent, and goes on in the empty field", async () => {
  await send();
  finish();

  const field = screen.getByRole<HTMLTextAreaElement>("textbox");
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
  expect(field.value).toBe("");
});

test("words that could not be sent stay, and the keyboard on the button", async () => {
  const button = await send();
  fail(unreachable());

  await screen.findByRole("alert");
  expect([document.activeElement === button, button.getAttribute("aria-disabled"), screen.getByRole<HTMLTextAreaElement>("textbox").value]).toEqual([true, null, "Well played"]);
});
