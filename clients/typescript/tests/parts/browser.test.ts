import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followPage, onAnimationFrame } from "../../src/browser.js";

let page: EventTarget;
let screen: EventTarget & { visibilityState: string };

beforeEach(() => {
  page = new EventTarget();
  screen = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("document", screen);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a client follows its page: it hurries, leaves and comes back with it, until that is ended", () => {
  const told: string[] = [];
  const end = followPage({ open: () => told.push("open"), close: () => told.push("close"), hurry: () => told.push("hurry") });
  const happen = (): void => {
    page.dispatchEvent(new Event("online"));
    screen.visibilityState = "hidden";
    screen.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("pagehide"));
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    screen.visibilityState = "visible";
    screen.dispatchEvent(new Event("visibilitychange"));
  };
  happen();
  expect(told).toEqual(["hurry", "close", "open", "hurry"]);
  end();
  happen();

  expect(told).toHaveLength(4);
});

test("a painted page is served with its frame, and one that stops being painted by a timer, once", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let paint = (): void => undefined;
  const cancelled = vi.fn();
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => ((paint = run), 7));
  vi.stubGlobal("cancelAnimationFrame", cancelled);
  const flush = vi.fn();
  onAnimationFrame(flush);
  paint();
  vi.advanceTimersByTime(1_000);
  expect(flush).toHaveBeenCalledTimes(1);

  onAnimationFrame(flush);
  vi.advanceTimersByTime(250);
  expect(flush).toHaveBeenCalledTimes(2);
  expect(cancelled).toHaveBeenLastCalledWith(7);
});
