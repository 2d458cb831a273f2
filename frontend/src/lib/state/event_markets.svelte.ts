/** The markets of one event: what they are called, and their prices as the event's topic brings them. */
import { getMarkets } from "$lib/api/routes";
import type { Payload, TopicEvent } from "touchline-client";
import { live } from "./live.svelte";
import { prices } from "./prices.svelte";
import { made } from "./registry.svelte";

type PriceValue = Payload<"event:{event_id}:prices">;
type MarketValue = Extract<PriceValue, { key: string }>;
type SelectionValue = Exclude<PriceValue, MarketValue>;

/** What a market is, without what moves. */
export type MarketOutline = Omit<MarketValue, "status" | "each_way">;

function outlineOf({ id, key, type, name, specifiers, group, sort, rules, selections }: MarketValue): MarketOutline {
  return { id, key, type, name, specifiers, group, sort, rules, selections: selections.map(({ id, outcome, name }) => ({ id, outcome, name })) };
}

export class EventMarkets {
  /** Sorted; grows when a line opens, and never loses a market while the page is open. */
  outlines = $state.raw<MarketOutline[]>([]);
  isLoaded = $state(false);
  /** Called with each price that changed, for the chart. */
  onPrice: ((selectionId: string, odds: string | null) => void) | null = null;
  #known = new Map<string, MarketOutline>();

  constructor(readonly eventId: string) {}

  watch(): () => void {
    return live.hold(`event:${this.eventId}:prices`, (event) => this.#hear(event));
  }

  async load(): Promise<void> {
    const reply = await getMarkets(this.eventId);
    this.#takeMarkets(reply.markets, reply.version);
    for (const market of reply.markets)
      for (const selection of market.selections) prices.of(selection.id).take(reply.version, selection.odds, selection.result);
    this.isLoaded = true;
  }

  #hear(event: TopicEvent<"event:{event_id}:prices">): void {
    // A market that left the topic stays on the page as it last was; its status says that it is over.
    for (const [, version, value] of event.entries) if (value && "key" in value) this.#takeMarkets([value], version, false);
    this.#publish();
    for (const [, version, value] of event.entries) if (value && !("key" in value)) this.#takePrice(version, value);
    this.isLoaded = true;
  }

  #takePrice(version: number, row: SelectionValue): void {
    const price = prices.of(row.id);
    const before = price.odds;
    price.take(version, row.odds, row.result);
    if (row.odds !== before) this.onPrice?.(row.id, row.odds);
  }

  #takeMarkets(markets: readonly MarketValue[], version: number, publish = true): void {
    for (const market of markets) {
      prices.market(market.id).take(version, market.status);
      prices.market(market.id).takeEachWay(version, market.each_way);
      if (!this.#known.has(market.id)) this.#known.set(market.id, outlineOf(market));
    }
    if (publish) this.#publish();
  }

  #publish(): void {
    if (this.#known.size === this.outlines.length) return;
    this.outlines = [...this.#known.values()].sort((one, other) => one.sort - other.sort || one.key.localeCompare(other.key));
  }
}

class EventMarketsRegistry {
  #known = new Map<string, EventMarkets>();

  of(eventId: string): EventMarkets {
    return made(this.#known, eventId, (id) => new EventMarkets(id));
  }
}

export const eventMarkets = new EventMarketsRegistry();
