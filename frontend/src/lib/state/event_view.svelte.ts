/** Everything the event page shows beside prices: facts, incidents, insight and price history, loaded once and then live. */
import { isNotFound } from "$lib/api/http";
import { getEvent, getPriceHistory } from "$lib/api/routes";
import type { EventDetail, Incident, Insight, PricePoint } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { eventMarkets, type EventMarkets, type MarketOutline } from "./event_markets.svelte";
import { live } from "./live.svelte";
import { marketRules } from "./market_rules.svelte";
import { matches, type Match } from "./matches.svelte";
import { Task } from "./task.svelte";

/** The result is confirmed a moment after full time. */
const FACTS_AFTER_MS = 2_000;

const RESULT_TYPES = new Set(["1x2", "match_winner", "outright_winner"]);

export class EventView {
  readonly match: Match;
  readonly markets: EventMarkets;
  detail = $state.raw<EventDetail | null>(null);
  incidents = $state.raw<Incident[]>([]);
  insight = $state.raw<Insight | null>(null);
  /** The chart market's prices over the match; replaced, never mutated, when points arrive. */
  history = $state.raw<PricePoint[]>([]);
  /** The prices of the market last chosen for the chart. */
  charting = $state.raw(new Task());
  isMissing = $state(false);
  error = $state.raw<unknown>(null);
  #historyMarket = "";
  #chosenMarket = $state("");
  #hasFinalFacts = false;
  #arrived: PricePoint[] = [];

  constructor(readonly id: string) {
    this.match = matches.of(id);
    this.markets = eventMarkets.of(id);
  }

  open(): () => void {
    const releases = [
      live.hold(`event:${this.id}:scoreboard`, (event) => this.#hearScoreboard(event)),
      live.hold(`event:${this.id}:incidents`, (event) => this.#hearIncidents(event)),
      live.hold(`event:${this.id}:insight`, (event) => this.#hearInsight(event)),
      this.markets.watch(),
    ];
    this.markets.onPrice = (selectionId, odds) => this.#takePoint(selectionId, odds);
    void this.load();
    return () => {
      this.markets.onPrice = null;
      for (const release of releases) release();
    };
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const [detail] = await Promise.all([getEvent(this.id), this.markets.load()]);
      this.detail = detail;
      this.#hasFinalFacts = detail.result !== null;
      this.match.takeRow(detail);
      void marketRules.load(detail.sport).catch(() => undefined); // without them one market is drawn
      if (detail.incidents.length > this.incidents.length) this.incidents = detail.incidents;
      await this.#loadHistory();
    } catch (error) {
      if (isNotFound(error)) this.isMissing = true;
      else this.error = error;
    }
  }

  async #loadFacts(): Promise<void> {
    try {
      this.detail = await getEvent(this.id);
    } catch {
      this.#hasFinalFacts = false; // asked again with the next scoreboard
    }
  }

  /** The market on who wins it. */
  get resultMarket(): MarketOutline | undefined {
    return this.markets.outlines.find((market) => RESULT_TYPES.has(market.type));
  }

  /** The market whose prices are drawn: the one chosen, else the one on who wins. */
  get chartMarket(): MarketOutline | undefined {
    return this.markets.outlines.find((market) => market.id === this.#chosenMarket) ?? this.resultMarket;
  }

  /** Markets whose price history is kept. */
  get charted(): MarketOutline[] {
    return this.markets.outlines.filter((market) => marketRules.find(market.rules)?.is_charted);
  }

  async chart(marketId: string): Promise<void> {
    this.#chosenMarket = marketId;
    this.history = [];
    this.#arrived = [];
    this.charting = new Task();
    await this.charting.run(() => this.#loadHistory());
  }

  async #loadHistory(): Promise<void> {
    const market = this.chartMarket;
    if (!market) return;
    this.#historyMarket = market.id;
    const { points } = await getPriceHistory(this.id, market.id);
    if (this.#historyMarket !== market.id) return;
    const last = points.at(-1)?.at ?? "";
    this.history = [...points, ...this.#arrived.filter((point) => point.at > last)];
    this.#arrived = [];
  }

  #takePoint(selectionId: string, odds: string | null): void {
    const market = this.chartMarket;
    if (!market?.selections.some((selection) => selection.id === selectionId)) return;
    const at = new Date(Date.now() + live.clockOffsetMs).toISOString();
    const point: PricePoint = { at, minute: this.match.board?.minute ?? 0, selection_id: selectionId, odds, probability: 0 };
    if (this.#historyMarket === market.id && this.history.length > 0) this.history = [...this.history, point];
    else this.#arrived.push(point);
  }

  #hearScoreboard(event: TopicEvent<"event:{event_id}:scoreboard">): void {
    for (const [, , board] of event.entries) if (board) this.match.takeBoard(board);
    // Result and statistics come with the end and have no topic of their own.
    if (this.match.isOver && this.detail && !this.#hasFinalFacts) {
      this.#hasFinalFacts = true;
      setTimeout(() => void this.#loadFacts(), FACTS_AFTER_MS);
    }
  }

  #hearIncidents(event: TopicEvent<"event:{event_id}:incidents">): void {
    if (event.kind === "image") this.incidents = (event.image as { incidents: Incident[] }).incidents;
    if (event.kind !== "change") return;
    const { incident } = event.change;
    if (!this.incidents.some((known) => known.seq === incident.seq)) this.incidents = [...this.incidents, incident];
  }

  #hearInsight(event: TopicEvent<"event:{event_id}:insight">): void {
    for (const [, , insight] of event.entries) if (insight) this.insight = insight;
  }
}
