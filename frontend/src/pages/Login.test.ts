import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { live } from "$lib/state/live.svelte";
import { router } from "$lib/router/router.svelte";
import { session } from "$lib/state/session.svelte";
import Login from "./Login.svelte";

const ME = { csrf_token: "t", role: "END_USER", email: "ben@example.org", is_email_verified: true, wallets: [], unread: { messages: 0, notifications: 0 }, user: { id: "ben", username: "ben" } };

beforeEach(() => {
  router.query = new URLSearchParams({ next: "/pools" });
  vi.spyOn(live, "reconnect").mockImplementation(() => undefined);
  vi.spyOn(live, "hold").mockReturnValue(() => undefined);
  vi.stubGlobal("fetch", (path: string) => Promise.resolve(path.endsWith("/login") ? new Response(JSON.stringify({ status: 409 }), { status: 409 }) : new Response(JSON.stringify(ME))));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  session.user = null;
  router.query = new URLSearchParams();
});

test("whoever is in already, by another tab, is told so and led on", async () => {
  render(Login, { parameters: {} });
  for (const [label, value] of [["Username or e-mail", "ada"], ["Password", "secret"]] as const) {
    const field = screen.getByLabelText<HTMLInputElement>(label);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  screen.getByRole("button", { name: "Log in" }).click();

  const on = await screen.findByRole("link", { name: "Go on" });
  expect([on.getAttribute("href"), screen.getByText("ben").textContent, screen.queryByRole("textbox")]).toEqual(["/pools", "ben", null]);
});
