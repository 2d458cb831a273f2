import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { session } from "$lib/state/session.svelte";
import Ratings from "./Ratings.svelte";

const NONE = { average: null, count: 0, mine: null, items: [], next_cursor: null };
const ONE = { ...NONE, average: 4, count: 1, mine: { id: "r1", rating: 4, review: "", is_hidden: false } };
let isRated: boolean;
let answer: (reply: Response) => void;

beforeEach(() => {
  isRated = false;
  session.user = { id: "ada", username: "ada" } as typeof session.user;
  vi.stubGlobal("fetch", (_path: string, init?: RequestInit) => {
    if (!init?.method || init.method === "GET") return Promise.resolve(new Response(JSON.stringify(isRated ? ONE : NONE)));
    return new Promise<Response>((resolve) => (answer = resolve));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  session.user = null;
});

test("the keyboard stays on the button that rates, and a second press says nothing twice", async () => {
  render(Ratings, { strategyId: "s1", isMine: false });
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Rate" });
  expect(button.disabled).toBe(true);
  screen.getByRole("radio", { name: "4 of 5: Good" }).click();
  await vi.waitFor(() => expect(button.disabled).toBe(false));
  button.focus();
  button.click();

  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect([button.disabled, document.activeElement === button]).toEqual([false, true]);
  isRated = true;
  answer(new Response("{}"));

  await screen.findByText("Thank you.");
  await vi.waitFor(() => expect(button.textContent).toBe("Change my rating"));
  expect([button.disabled, button.getAttribute("aria-disabled"), document.activeElement === button]).toEqual([false, "true", true]);
});
