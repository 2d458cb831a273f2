import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";
import { unreachable } from "$lib/api/errors";
import { Task } from "$lib/state/task.svelte";
import TaskProblem from "./TaskProblem.svelte";

const field = document.createElement("input");

afterEach(() => {
  cleanup();
  field.remove();
});

test("what did not come is asked for again, and the keyboard goes on at what came", async () => {
  document.body.append(field);
  const task = new Task();
  const work = vi.fn().mockRejectedValueOnce(unreachable()).mockRejectedValueOnce(unreachable()).mockResolvedValueOnce(undefined);
  render(TaskProblem, { task, next: () => field });
  expect([await task.run(work), task.isBusy]).toEqual([false, false]);

  const press = async () => {
    const button = await screen.findByRole("button", { name: "Try again" });
    button.focus();
    button.click();
  };
  await press();
  await vi.waitFor(() => expect([work.mock.calls.length, document.activeElement?.textContent]).toEqual([2, "Try again"]));
  await press();
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
  expect([work.mock.calls.length, screen.queryByRole("alert")]).toEqual([3, null]);
});

test("a fault of our own is not told as a refusal", async () => {
  const task = new Task();

  await expect(task.run(() => Promise.reject(new TypeError("x is undefined")))).rejects.toThrow("x is undefined");
  expect([task.isBusy, task.message]).toEqual([false, ""]);
});
