/** The published rules of market kinds, read once for each sport when somebody asks. */
import { getMarketRules } from "$lib/api/routes";
import type { MarketKind } from "$lib/api/types";

class MarketRules {
  #kinds = $state.raw<Record<string, MarketKind>>({});
  #asked = new Map<string, Promise<void>>();

  find(id: string): MarketKind | undefined {
    return this.#kinds[id];
  }

  /** Asks once; after a failure the next one asks again. */
  load(sport: string): Promise<void> {
    const known = this.#asked.get(sport);
    if (known) return known;
    const asked = getMarketRules(sport).then(({ kinds }) => {
      this.#kinds = { ...this.#kinds, ...Object.fromEntries(kinds.map((kind) => [kind.id, kind])) };
    });
    this.#asked.set(sport, asked);
    asked.catch(() => this.#asked.delete(sport));
    return asked;
  }
}

export const marketRules = new MarketRules();
