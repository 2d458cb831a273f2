import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reloadForMissingFiles } from "./reload_once";

const reload = vi.fn();
reloadForMissingFiles();

beforeEach(() => {
  sessionStorage.clear();
  document.title = "Live · Touchline";
  reload.mockClear();
  vi.spyOn(location, "reload").mockImplementation(reload);
});

afterEach(() => vi.unstubAllGlobals());

const miss = () => dispatchEvent(new Event("vite:preloadError"));

test("a file that is gone reloads the page once the server has answered, and not twice", async () => {
  const asked = vi.fn(() => Promise.resolve(new Response("{}", { status: 503 })));
  vi.stubGlobal("fetch", asked);
  miss();
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1));

  miss();
  await Promise.resolve();
  expect([asked.mock.calls.length, reload.mock.calls.length]).toEqual([1, 1]);
});

test("without a connection the page stays, and is reloaded when a file is missing later", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  miss();
  await new Promise((resolve) => setTimeout(resolve));
  expect(reload).not.toHaveBeenCalled();

  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}")));
  miss();
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1));
});
