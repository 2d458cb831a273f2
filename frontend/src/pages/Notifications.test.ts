import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ICONS } from "$components/icons";
import { oddsFormat } from "$lib/state/odds_format.svelte";
import { session } from "$lib/state/session.svelte";
import { hearUserStream } from "$lib/state/user_stream";
import Notifications from "./Notifications.svelte";

const item = (id: string, kind: string, title: string) => ({ id, kind, title, message: "At (2.50", link: "", status: "sent", timestamp: "2026-01-01T00:00:00Z", data: { odds: "(2.50" } });

beforeEach(() => {
  oddsFormat.format = "fractional";
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ items: [item("n1", "slip_settled", "Won"), item("n2", "prize_drawn", "You drew a prize")], next_cursor: null }))));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  oddsFormat.format = "decimal";
});

const signOf = (title: string) => screen.getByText(title).closest("a")?.querySelector("path")?.getAttribute("d");

test("marking all read without a server says so and marks nothing; then the keyboard goes on at the list", async () => {
  session.unreadNotifications = 2;
  render(Notifications, { parameters: {} });
  await screen.findByText("You drew a prize");
  const button = screen.getByRole("button", { name: "Mark all as read" });
  button.focus();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  button.click();

  expect((await screen.findByRole("alert")).textContent).toBe("Touchline cannot be reached. Check your connection and try again.");
  expect([screen.getAllByText("Unread").length, session.unreadNotifications, document.activeElement === button]).toEqual([2, 2, true]);

  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ unread: 0 }))));
  button.click();
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("region", { name: "Notifications" })));
  expect([screen.queryByText("Unread"), screen.queryByRole("alert"), screen.queryByRole("button", { name: "Mark all as read" })]).toEqual([null, null, null]);
});

test("a kind that is newer than the page has a bell and the words of the server", async () => {
  render(Notifications, { parameters: {} });
  await screen.findByText("You drew a prize");
  hearUserStream({ kind: "change", change: { seq: 1, type: "notification.created", notification: item("n3", "year_ended", "Your year"), unread: 2 } } as never);
  await screen.findByText("Your year");

  expect([signOf("Won"), signOf("You drew a prize"), signOf("Your year")]).toEqual([ICONS.ticket, ICONS.bell, ICONS.bell]);
  expect(screen.getAllByText("At (2.50").length).toBe(3);
});
