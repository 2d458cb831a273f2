/** The data the server put into the page, so that the first paint shows it; absent in development. */
import type { Lobby, Me } from "$lib/api/types";

export interface Snapshot {
  lobby?: Lobby;
  me?: Me;
}

export function readSnapshot(page: Document): Snapshot | null {
  const text = page.getElementById("snapshot")?.textContent?.trim();
  if (!text) return null;
  try {
    return JSON.parse(text) as Snapshot | null;
  } catch {
    return null;
  }
}
