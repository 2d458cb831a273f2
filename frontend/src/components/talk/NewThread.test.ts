import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";
import NewThread from "./NewThread.svelte";

afterEach(cleanup);

test("a title and a text are no longer than the server takes, and a title no shorter", async () => {
  render(NewThread, { categories: [], chosen: "", onclose: () => undefined });
  const [title, text] = screen.getAllByRole<HTMLInputElement>("textbox");
  expect([title!.maxLength, text!.maxLength]).toEqual([140, 10_000]);

  const type = (field: HTMLInputElement, value: string) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Post thread" });
  type(text!, "Well played");
  type(title!, " ab ");
  await Promise.resolve();
  expect(button.disabled).toBe(true);
  type(title!, "abc");
  await vi.waitFor(() => expect(button.disabled).toBe(false));
});
