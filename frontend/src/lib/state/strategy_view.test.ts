import { afterEach, expect, test, vi } from "vitest";
import { StrategyView } from "./strategy_view.svelte";
import { hearUserStream } from "./user_stream";

afterEach(() => vi.unstubAllGlobals());

test("an evaluation that does not come says so, and the one asked for last is shown", async () => {
  const view = new StrategyView("s1");
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await view.show("v1");
  expect([view.shown, view.showing.message]).toEqual([null, "Touchline cannot be reached. Check your connection and try again."]);

  const answers: Record<string, (reply: Response) => void> = {};
  vi.stubGlobal("fetch", (path: string) => new Promise<Response>((resolve) => (answers[path.slice(-2)] = resolve)));
  const both = [view.show("v1"), view.show("v2")];
  answers.v2!(new Response(JSON.stringify({ id: "v2" })));
  answers.v1!(new Response(JSON.stringify({ id: "v1" })));
  await Promise.all(both);
  expect([view.shown?.id, view.showing.message]).toEqual(["v2", ""]);
});

test("news of a paper run that cannot be followed up leaves what is shown", async () => {
  const view = new StrategyView("s1");
  view.bets = [{ id: "b1" }] as never;
  const asked = vi.fn(() => Promise.reject(new TypeError("Failed to fetch")));
  vi.stubGlobal("fetch", asked);
  const close = view.open();
  await vi.waitFor(() => expect(view.error).not.toBeNull());
  asked.mockClear();
  hearUserStream({ kind: "change", change: { seq: 1, type: "strategy.evaluated", evaluation: { id: "v1", strategy_id: "s1", kind: "paper", status: "running" } } } as never);
  await vi.waitFor(() => expect(asked.mock.calls.length).toBe(2));
  await new Promise((resolve) => setTimeout(resolve));

  expect([view.bets.length, view.evaluations.length, view.changing.message]).toEqual([1, 1, ""]);
  close();
});
