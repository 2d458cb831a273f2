/** The tokens the person may bet with, the one that ends first in front; asked for when a slip or a page needs them. */
import { ApiError } from "$lib/api/errors";
import { listFreeBets } from "$lib/api/routes";
import type { FreeBet, Slip } from "$lib/api/types";
import { onUserChange } from "./user_stream";

class FreeBets {
  items = $state.raw<FreeBet[]>([]);
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);
  #owner = "";
  #asked = 0;

  /** Asks once for each person; nothing is kept of whoever was here before. */
  watch(ownerId: string | undefined): void {
    if (this.#owner === (ownerId ?? "")) return;
    this.#owner = ownerId ?? "";
    this.#asked += 1;
    this.items = [];
    this.isLoaded = false;
    if (this.#owner) void this.load();
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const items = await listFreeBets();
      if (asked !== this.#asked) return;
      this.items = items;
      this.isLoaded = true;
      this.error = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (asked === this.#asked) this.error = error;
    }
  }

  find(id: string): FreeBet | undefined {
    return this.items.find((token) => token.id === id);
  }

  /** What there is has changed; nothing is asked where nobody has yet. */
  askAgain(): void {
    if (this.#owner) void this.load();
  }

  /** A slip with a token was placed, refused or settled: which tokens are left is asked again, if anybody has asked. */
  hear(slips: readonly Slip[]): void {
    if (slips.some((slip) => slip.is_free_bet)) this.askAgain();
  }
}

export const freeBets = new FreeBets();

onUserChange("free_bet.changed", () => freeBets.askAgain());
onUserChange("slip.placed", ({ slip }) => freeBets.hear([slip]));
onUserChange("slip.rejected", ({ slip }) => freeBets.hear([slip]));
onUserChange("slip.settled", ({ slips }) => freeBets.hear(slips));
