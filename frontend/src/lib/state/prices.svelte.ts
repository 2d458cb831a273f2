/**
 * Every price the page knows, one small object each, wherever it came from: lobby, event page and slip look at the same one.
 * A value is taken only when its version is not older than the known one, so topics may overlap.
 */
import { SvelteMap } from "svelte/reactivity";
import { parseMilli } from "$lib/format/money";
import { made } from "./registry.svelte";
import { sweeper, type Sweepable } from "./sweeper";

export type Movement = "" | "rising" | "falling";

export class SelectionPrice implements Sweepable {
  odds = $state<string | null>(null);
  result = $state<string | null>(null);
  movement = $state<Movement>("");
  movedAt = 0;
  #version = -1;

  constructor(readonly id: string) {}

  take(version: number, odds: string | null, result?: string | null): void {
    if (version < this.#version) return;
    this.#version = version;
    if (result !== undefined) this.result = result;
    if (odds === this.odds) return;
    if (odds !== null && this.odds !== null) this.#move(parseMilli(odds) > parseMilli(this.odds) ? "rising" : "falling");
    this.odds = odds;
  }

  /** Word of a newer price from elsewhere, a refusal say; the next update of the topic has the last word. */
  hear(odds: string | null): void {
    this.take(this.#version, odds);
  }

  rest(): void {
    this.movement = "";
  }

  #move(movement: Movement): void {
    this.movement = movement;
    this.movedAt = Date.now();
    sweeper.watch(this);
  }
}

/** Places that an each-way bet is paid on, and the fraction of the win odds. */
export interface EachWayTerms {
  places: number;
  fraction: string;
}

/** Why a market takes no bets, whatever its match does. */
const CLOSED: Record<string, string> = {
  suspended: "Suspended by our traders",
  inactive: "Not offered any more",
  settled: "The result is known",
  cancelled: "Called off",
};

export class MarketStatus {
  status = $state("active");
  /** Of bets before the start, while the prices leave a margin on places; once the page has heard of them. */
  eachWay = $state.raw<EachWayTerms | null>(null);
  #version = -1;
  #eachWayVersion = -1;

  take(version: number, status: string): void {
    if (version < this.#version) return;
    this.#version = version;
    this.status = status;
  }

  /** Why it takes no bets, or "" while it does. */
  get closedReason(): string {
    return CLOSED[this.status] ?? "";
  }

  /** Not every topic that tells of a market tells of its places: they have a version of their own. */
  takeEachWay(version: number, eachWay: EachWayTerms | null): void {
    if (version < this.#eachWayVersion) return;
    this.#eachWayVersion = version;
    this.eachWay = eachWay;
  }
}

class PriceRegistry {
  #selections = new Map<string, SelectionPrice>();
  #markets = new Map<string, MarketStatus>();

  of(selectionId: string): SelectionPrice {
    return made(this.#selections, selectionId, (id) => new SelectionPrice(id));
  }

  market(marketId: string): MarketStatus {
    return made(this.#markets, marketId, () => new MarketStatus());
  }
}

export const prices = new PriceRegistry();

/** The match result market of each lobby row, by event. */
export interface LobbyMarket {
  marketId: string;
  selections: { id: string; outcome: string; name: string }[];
}

export const lobbyMarkets = new SvelteMap<string, LobbyMarket>();
