import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";
import { live } from "$lib/state/live.svelte";
import Thread from "./Thread.svelte";

const THREAD = { id: "t1", title: "Why 2.10?", category: "questions", event_id: null, author: null, posted_at: "2026-01-01T00:00:00Z", content_html: "", is_hidden: false, replies: [] };
const CATEGORIES = [{ slug: "questions", name: "Questions and answers", description: "" }];

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("the way back from a thread has the name of its category", async () => {
  vi.spyOn(live, "hold").mockReturnValue(() => undefined);
  vi.stubGlobal("fetch", (path: string) => Promise.resolve(new Response(JSON.stringify(path.includes("categories") ? CATEGORIES : THREAD))));
  render(Thread, { parameters: { id: "t1" } });

  const back = await screen.findByRole("link", { name: "Questions and answers" });
  expect(back.getAttribute("href")).toBe("/c/questions");
});
