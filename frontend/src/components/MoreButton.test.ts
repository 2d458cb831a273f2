import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";
import { ApiError, unreachable } from "$lib/api/errors";
import MoreButton from "./MoreButton.svelte";

afterEach(cleanup);

test("the server is away: the button says so, keeps the keyboard and is pressed again", async () => {
  let answer: (error?: ApiError) => void = () => {};
  const more = vi.fn(() => new Promise<void>((resolve, reject) => (answer = (error) => (error ? reject(error) : resolve()))));
  render(MoreButton, { label: "Older bets", cursor: "c1", more });
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Older bets" });
  button.focus();
  button.click();

  await vi.waitFor(() => expect(button.getAttribute("aria-busy")).toBe("true"));
  button.click();
  expect([more.mock.calls.length, button.disabled, button.getAttribute("aria-disabled"), document.activeElement === button]).toEqual([1, false, "true", true]);

  answer(unreachable());
  await vi.waitFor(() => expect(screen.getByRole("alert").textContent).toBe("Touchline cannot be reached. Check your connection and try again."));
  expect([button.getAttribute("aria-disabled"), document.activeElement === button]).toEqual([null, true]);

  button.click();
  await vi.waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  answer();
  await vi.waitFor(() => expect(button.getAttribute("aria-busy")).toBe("false"));
  expect([more.mock.calls.length, document.activeElement === button]).toEqual([2, true]);
});

test("after the last page the keyboard goes on at the end of the list", async () => {
  const shown = render(MoreButton, { label: "Earlier", cursor: "c1", more: (): Promise<void> => shown.rerender({ cursor: null }) });
  const button = screen.getByRole("button", { name: "Earlier" });
  button.focus();
  button.click();

  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByText("That is all.")));
  expect(screen.queryByRole("button")).toBeNull();
});

test("a list that is whole from the start says nothing", () => {
  render(MoreButton, { label: "Earlier", cursor: null, more: () => Promise.resolve() });

  expect(document.body.textContent).toBe("");
});
