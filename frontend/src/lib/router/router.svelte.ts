/** A small history router: patterns to lazily loaded pages, ordinary links taken over, focus and scroll as on a real page. */
import type { Component } from "svelte";

export type Parameters = Record<string, string>;
export interface PageModule {
  default: Component<{ parameters: Parameters }>;
}

export interface Route {
  pattern: string;
  title: string;
  /** Only for people who are signed in; others are asked to log in and come back. */
  isPrivate?: boolean;
  load: () => Promise<PageModule>;
}

export interface Found {
  route: Route;
  parameters: Parameters;
}

/** Addresses of the server's own, which no page of the client shows. */
const SERVED = /^\/(admin|api|_allauth|assets)(\/|$)/;

export function matchPattern(pattern: string, path: string): Parameters | null {
  const expected = pattern.split("/");
  const given = path.replace(/(.)\/+$/, "$1").split("/");
  if (expected.length !== given.length) return null;
  const parameters: Parameters = {};
  for (const [index, part] of expected.entries()) {
    const value = given[index]!;
    if (part.startsWith(":")) {
      if (value === "") return null;
      try {
        parameters[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== value) return null;
  }
  return parameters;
}

export function findRoute(routes: readonly Route[], path: string): Found | null {
  for (const route of routes) {
    const parameters = matchPattern(route.pattern, path);
    if (parameters) return { route, parameters };
  }
  return null;
}

const isCover = (state: unknown): boolean => (state as { isCover?: boolean } | null)?.isCover === true;

class Router {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));
  /** Grows with every navigation the person made, so the shell can move focus. */
  visits = $state(0);

  start(): void {
    history.scrollRestoration = "manual";
    addEventListener("popstate", (event) => {
      this.#read();
      const top = (event.state as { top?: number } | null)?.top ?? 0;
      requestAnimationFrame(() => scrollTo({ top, behavior: "instant" }));
    });
    document.addEventListener("click", (event) => this.#followLink(event));
  }

  go(target: string, { replace = false } = {}): void {
    const url = new URL(target, location.href);
    if (url.origin !== location.origin || SERVED.test(url.pathname)) return replace ? location.replace(url) : location.assign(url);
    if (replace || isCover(history.state)) history.replaceState({ top: 0 }, "", url);
    else {
      history.replaceState({ top: scrollY }, "");
      history.pushState({ top: 0 }, "", url);
    }
    this.#read();
    scrollTo({ top: 0, behavior: "instant" });
  }

  /** A sheet over the page is a step of its own: back takes it away and stays on the page. */
  cover(): void {
    history.replaceState({ top: scrollY }, "");
    history.pushState({ top: scrollY, isCover: true }, "");
  }

  /** The sheet has gone: by going back, with a link, which takes the place of the step, or else the step goes as well. */
  uncover(): void {
    setTimeout(() => {
      if (isCover(history.state)) history.back();
    });
  }

  #read(): void {
    const isOtherPage = this.path !== location.pathname;
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
    if (isOtherPage) this.visits += 1;
  }

  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link?.href || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (SERVED.test(link.pathname)) return;
    event.preventDefault();
    if (link.href !== location.href) this.go(link.href);
  }
}

export const router = new Router();
