import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { router } from "$lib/router/router.svelte";
import StrategyForm from "./StrategyForm.svelte";

const STRATEGY = { id: "s1", name: "Late goals", description: "", visibility: "private", rules: {} };
let answers: (() => Promise<Response>)[];

beforeEach(() => {
  answers = [];
  vi.spyOn(router, "go").mockImplementation(() => undefined);
  vi.stubGlobal("fetch", (path: string, { method }: { method: string }) => {
    if (method === "DELETE") return answers.shift()!();
    return Promise.resolve(new Response(JSON.stringify(path.endsWith("/language") ? { examples: [], facts: [] } : STRATEGY)));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("archiving without an answer says so, and a second press does it though the first was carried out", async () => {
  answers = [() => Promise.reject(new TypeError("Failed to fetch")), () => Promise.resolve(new Response(JSON.stringify({ title: "Not found", code: "not_found" }), { status: 404 }))];
  render(StrategyForm, { parameters: { id: "s1" } });
  (await screen.findByRole("button", { name: "Archive…" })).click();
  const button = await screen.findByRole("button", { name: "Yes, archive it" });
  button.focus();
  button.click();

  expect((await screen.findByRole("alert")).textContent).toBe("Touchline cannot be reached. Check your connection and try again.");
  expect([document.activeElement === button, vi.mocked(router.go).mock.calls]).toEqual([true, []]);

  button.click();
  await vi.waitFor(() => expect(vi.mocked(router.go).mock.calls).toEqual([["/strategies?show=mine"]]));
  expect(screen.queryByRole("alert")).toBeNull();
});
