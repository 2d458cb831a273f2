import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import Suggest from "./Suggest.svelte";

let asked: number;
let answer: (reply: Response) => void;

beforeEach(() => {
  asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return new Promise<Response>((resolve) => (answer = resolve));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("the keyboard stays on the button that works, and a second press asks nothing", async () => {
  render(Suggest, { parameters: {} });
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Suggest" });
  button.focus();
  button.click();

  await vi.waitFor(() => expect(button.textContent).toBe("Looking…"));
  button.click();
  expect([button.disabled, button.getAttribute("aria-disabled"), document.activeElement === button, asked]).toEqual([false, "true", true, 1]);

  answer(new Response(JSON.stringify({ title: "No", status: 409, code: "nothing_to_suggest" }), { status: 409 }));
  await vi.waitFor(() => expect(button.textContent).toBe("Suggest"));
  expect(document.activeElement).toBe(button);
});
