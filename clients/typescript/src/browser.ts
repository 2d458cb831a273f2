/** What a page adds: delivery in step with painting, and a connection that follows the page's life. Optional elsewhere. */

/** While the page is hidden no frames are painted, so a slow timer takes over, also where one was already awaited. */
const UNPAINTED_FLUSH_MS = 250;

/** A schedule that hands over everything once per animation frame. */
export function onAnimationFrame(flush: () => void): void {
  let isDone = false;
  let frame: number | undefined;
  const flushOnce = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
    flush();
  };
  const timer = setTimeout(flushOnce, UNPAINTED_FLUSH_MS);
  if (typeof requestAnimationFrame === "function") frame = requestAnimationFrame(flushOnce);
}

export interface Followed {
  open(): void;
  close(): void;
  hurry(): void;
}

/**
 * Hurries when the network or the page comes back, and leaves with the page, so that a page kept for the back button
 * holds no socket. Returns what ends the following.
 */
export function followPage(client: Followed): () => void {
  const hurry = (): void => client.hurry();
  const hurryWhenSeen = (): void => {
    if (document.visibilityState === "visible") client.hurry();
  };
  const leave = (): void => client.close();
  const comeBack = (event: PageTransitionEvent): void => {
    if (event.persisted) client.open();
  };
  addEventListener("online", hurry);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", comeBack);
  document.addEventListener("visibilitychange", hurryWhenSeen);
  return () => {
    removeEventListener("online", hurry);
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", comeBack);
    document.removeEventListener("visibilitychange", hurryWhenSeen);
  };
}
