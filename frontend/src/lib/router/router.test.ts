import { afterEach, expect, test, vi } from "vitest";
import { findRoute, matchPattern, router, type Route } from "./router.svelte";
import { returnPath } from "./return_path";

const load = () => Promise.reject(new Error("not loaded here"));
const ROUTES: Route[] = [
  { pattern: "/", title: "Live", load },
  { pattern: "/messages", title: "Messages", load },
  { pattern: "/messages/:id", title: "Messages", load },
];

test("an address finds its page and what it names", () => {
  expect(findRoute(ROUTES, "/messages/a%3Ab")).toMatchObject({ route: ROUTES[2], parameters: { id: "a:b" } });
  expect(findRoute(ROUTES, "/messages/")?.route).toBe(ROUTES[1]);
  expect(findRoute(ROUTES, "/")?.route).toBe(ROUTES[0]);
  expect(findRoute(ROUTES, "/messages/1/2")).toBeNull();
});

test("an address that cannot be decoded is no page", () => {
  expect(matchPattern("/t/:id", "/t/%E0%A4%A")).toBeNull();
});

test.each([["/bets", "/bets"], ["//evil.test", "/"], ["/\\evil.test", "/"], ["https://evil.test", "/"], ["/\t/evil.test", "/"], ["/\n\\evil.test", "/"], ["/.//evil.test", "/"], ["/admin/trading/?event=1", "/admin/trading/?event=1"], ["/login?next=/bets", "/"], ["", "/"]])(
  "after logging in %j leads to %j",
  (next, path) => {
    expect(returnPath(new URLSearchParams({ next }))).toBe(path);
  },
);

afterEach(() => vi.restoreAllMocks());

test("pages of the server are loaded, those of the client are shown", () => {
  const replace = vi.spyOn(location, "replace").mockImplementation(() => undefined);
  const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined);

  router.go("/admin/trading/", { replace: true });
  router.go("/admin/");
  expect([String(replace.mock.calls[0]?.[0]), String(assign.mock.calls[0]?.[0])]).toEqual([`${location.origin}/admin/trading/`, `${location.origin}/admin/`]);
  expect(router.path).not.toContain("admin");

  router.go("/administration");
  expect([router.path, replace.mock.calls.length, assign.mock.calls.length]).toEqual(["/administration", 1, 1]);
});
