/**
 * The lists of the lobby. Scores and prices in them move by themselves; the lists themselves change only when the person
 * asks, so what is under a finger never jumps away.
 */
import { getLobby } from "$lib/api/routes";
import type { Lobby, LobbyPrice } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { live } from "./live.svelte";
import { matches, type Match } from "./matches.svelte";
import { lobbyMarkets, prices } from "./prices.svelte";

const REFRESH_AFTER_MS = 400;

export interface LobbyLists {
  inPlay: Match[];
  upcoming: Match[];
  finished: Match[];
}

const EMPTY: LobbyLists = { inPlay: [], upcoming: [], finished: [] };

class LobbyState {
  shown = $state.raw<LobbyLists>(EMPTY);
  #latest = $state.raw<LobbyLists>(EMPTY);
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Matches in play that the shown list does not have yet. */
  get newcomers(): number {
    const shown = new Set(this.shown.inPlay);
    return this.#latest.inPlay.filter((match) => !shown.has(match)).length;
  }

  takeSnapshot(lobby: Lobby): void {
    this.#take(lobby);
    this.show();
  }

  show(): void {
    this.shown = this.#latest;
  }

  async load(): Promise<void> {
    try {
      this.#take(await getLobby());
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  watchScores(): () => void {
    return live.hold("lobby:scores", (event) => this.#hearScores(event));
  }

  watchPrices(): () => void {
    return live.hold("lobby:prices", hearLobbyPrices);
  }

  #take(lobby: Lobby): void {
    for (const rows of [lobby.in_play, lobby.upcoming, lobby.finished]) matches.takeRows(rows);
    const listOf = (rows: Lobby["in_play"]) => rows.map((row) => matches.of(row.id));
    this.#latest = { inPlay: listOf(lobby.in_play), upcoming: listOf(lobby.upcoming), finished: listOf(lobby.finished) };
    if (!this.isLoaded || this.shown.inPlay.length === 0) this.show();
    this.isLoaded = true;
  }

  #hearScores(event: TopicEvent<"lobby:scores">): void {
    const heard = matches.takeScoreEntries(event.entries);
    const latest = this.#latest;
    const isKnown = (match: Match) =>
      match.isOver ? latest.finished.includes(match) : match.isInPlay ? latest.inPlay.includes(match) : latest.upcoming.includes(match);
    if (heard.every(isKnown)) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, REFRESH_AFTER_MS + Math.random() * REFRESH_AFTER_MS);
  }
}

function hearLobbyPrices(event: TopicEvent<"lobby:prices">): void {
  for (const [eventId, version, value] of event.entries) {
    if (value === null) lobbyMarkets.delete(eventId);
    else takeLobbyPrice(value, version);
  }
}

export function takeLobbyPrice(price: LobbyPrice, version: number): void {
  const known = lobbyMarkets.get(price.event_id);
  if (known?.marketId !== price.market_id) {
    const selections = price.selections.map(({ id, outcome, name }) => ({ id, outcome, name }));
    lobbyMarkets.set(price.event_id, { marketId: price.market_id, selections });
  }
  prices.market(price.market_id).take(version, price.status);
  for (const selection of price.selections) prices.of(selection.id).take(version, selection.odds);
}

export const lobby = new LobbyState();
