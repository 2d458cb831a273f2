import { cleanup, render, screen } from "@testing-library/svelte";
import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import ConnectionDot from "./ConnectionDot.svelte";

const MEASURED = { roundTripMs: 12.4, clockOffsetMs: 3, updateAgeMs: 1_240 };
const UNMEASURED = { roundTripMs: null, clockOffsetMs: 0, updateAgeMs: null };

afterEach(cleanup);

test("says the state as a status, and the latency to who points at it", () => {
  render(ConnectionDot, { state: "live", readLatency: () => MEASURED });
  expect(screen.getByRole("status").textContent?.trim()).toBe("Live");
  const button = screen.getByRole("button", { name: "About the connection" });
  expect(button.title).toBe("Live");

  button.dispatchEvent(new Event("pointerenter"));
  flushSync();

  expect(button.title).toBe("Live, 12 ms to the server and back, updates shown after 1.2 s");
  expect(screen.getByTestId("round-trip").textContent).toBe("12 ms");
  expect(screen.getByTestId("update-age").textContent).toBe("1.2 s");
});

test("invents no numbers before the first were measured", () => {
  render(ConnectionDot, { state: "connecting", readLatency: () => UNMEASURED });
  const button = screen.getByRole("button", { name: "About the connection" });
  button.dispatchEvent(new Event("focus"));
  flushSync();

  expect(button.title).toBe("Connecting");
  expect(screen.getByTestId("round-trip").textContent).toBe("not measured yet");
  expect(screen.getByText("Prices are shown as delayed until this says Live.")).toBeTruthy();
});
