import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lobby } from "$lib/state/lobby.svelte";
import { Match } from "$lib/state/matches.svelte";
import OpenPoolForm from "./OpenPoolForm.svelte";

const market = (id: string, name: string) => ({ id, name, type: "1x2", status: "active" });

beforeEach(() => {
  lobby.shown = { inPlay: [], upcoming: ["e1", "e2"].map((id) => new Match(id)), finished: [] };
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  lobby.shown = { inPlay: [], upcoming: [], finished: [] };
});

function choose(id: string): void {
  const field = screen.getByLabelText<HTMLSelectElement>("Match");
  field.value = id;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

test("markets that do not come are asked for again", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  render(OpenPoolForm);
  choose("e1");
  const button = await screen.findByRole("button", { name: "Try again" });
  expect(screen.getByRole("alert").textContent).toBe("Touchline cannot be reached. Check your connection and try again. Try again");

  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ markets: [market("m1", "Result")] }))));
  button.focus();
  button.click();
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Market")));
  expect([screen.getByLabelText<HTMLSelectElement>("Market").value, screen.queryByRole("alert")]).toEqual(["m1", null]);
});

test("the markets are those of the match chosen last, whichever come first", async () => {
  const answers: Record<string, (reply: Response) => void> = {};
  vi.stubGlobal("fetch", (path: string) => new Promise<Response>((resolve) => (answers[path.includes("e1") ? "e1" : "e2"] = resolve)));
  render(OpenPoolForm);
  choose("e1");
  choose("e2");
  answers.e2!(new Response(JSON.stringify({ markets: [market("m2", "Second")] })));
  await screen.findByRole("option", { name: "Second" });
  answers.e1!(new Response(JSON.stringify({ markets: [market("m1", "First")] })));
  await new Promise((resolve) => setTimeout(resolve));

  expect([screen.getByLabelText<HTMLSelectElement>("Market").value, screen.queryByRole("option", { name: "First" })]).toEqual(["m2", null]);
});
