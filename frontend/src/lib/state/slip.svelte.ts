/** The slip: single bets being prepared, placed and confirmed. Drafts survive a reload; a retry keeps its key. */
import { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { placeSlip } from "$lib/api/routes";
import type { PlaceSlip, PricePolicy, Slip } from "$lib/api/types";
import { formatMilli, minorOf, parseMilli } from "$lib/format/money";
import { bets } from "./bets.svelte";
import { eventMarkets } from "./event_markets.svelte";
import { matches } from "./matches.svelte";
import { prices } from "./prices.svelte";
import { MAIN_CURRENCY, session } from "./session.svelte";
import { assess, attemptFor, commandOf, type Assessment, type Attempt, type LineSituation } from "./slip_rules";

export interface Pick {
  selectionId: string;
  marketId: string;
  eventId: string;
  selectionName: string;
  marketName: string;
  eventName: string;
}

export interface Refusal {
  code: string;
  message: string;
}

const STORE_NAME = "touchline.slip";
const MOST_LINES = 10;

interface StoredLine {
  pick: Pick;
  agreedOdds: string;
  stake: string;
  attempt: Attempt | null;
}

export class SlipLine {
  stake = $state("");
  agreedOdds = $state("");
  phase = $state<"editing" | "placing" | "uncertain" | "placed">("editing");
  refusal = $state.raw<Refusal | null>(null);
  receipt = $state.raw<Slip | null>(null);
  attempt: Attempt | null = null;
  release: () => void = () => {};

  constructor(
    readonly pick: Pick,
    odds: string,
    readonly owner: SlipState,
  ) {
    this.agreedOdds = odds;
  }

  get price() {
    return prices.of(this.pick.selectionId);
  }

  get situation(): LineSituation {
    const match = matches.of(this.pick.eventId);
    const market = prices.market(this.pick.marketId);
    const wallet = session.wallet;
    return {
      stake: this.stake,
      currency: MAIN_CURRENCY,
      agreedOdds: this.agreedOdds,
      currentOdds: this.price.odds,
      policy: this.owner.policy,
      stopReason: match.stopReason,
      isClosed: match.isStopped || match.isOver || market.status !== "active",
      availableMinor: wallet ? minorOf(wallet.available, wallet.currency) : null,
    };
  }

  get assessment(): Assessment {
    return assess(this.situation);
  }

  setStake(text: string): void {
    this.stake = text;
    this.refusal = null;
    this.owner.keep();
  }

  acceptChange(): void {
    this.agreedOdds = this.price.odds ?? this.agreedOdds;
    this.refusal = null;
    this.owner.keep();
  }

  /** Sends the command, or the very same one again when the answer to the last was lost. */
  async place(): Promise<void> {
    if (this.phase === "placing" || this.phase === "placed") return;
    const command = this.#command();
    if (!command) return;
    this.attempt = attemptFor(command, this.attempt, newKey);
    this.phase = "placing";
    this.refusal = null;
    this.owner.keep();
    try {
      this.receipt = await placeSlip(command, this.attempt.key);
      bets.place(this.receipt);
      this.phase = "placed";
      this.attempt = null;
    } catch (error) {
      this.#refuse(error);
    }
    this.owner.keep();
  }

  #command(): PlaceSlip | null {
    if (this.phase === "uncertain" && this.attempt) return JSON.parse(this.attempt.body) as PlaceSlip;
    const situation = this.situation;
    const assessment = assess(situation);
    return assessment.kind === "ready" ? commandOf(situation, this.pick.selectionId, assessment.stakeMinor) : null;
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ApiError)) {
      this.phase = "editing";
      throw error;
    }
    this.phase = error.isRetryable ? "uncertain" : "editing";
    if (!error.isRetryable) this.attempt = null;
    this.refusal = { code: error.code, message: refusalText(error) };
  }
}

interface CurrentPrice {
  legs?: { selection_id: string; current: string | null }[];
}

function refusalText(error: ApiError): string {
  const current = (error.problem as CurrentPrice).legs?.[0]?.current;
  switch (error.code) {
    case "odds_changed":
      return current ? `The price is now ${formatMilli(parseMilli(current))}. Nothing was placed.` : "The price moved. Nothing was placed.";
    case "insufficient_funds":
      return "Your balance does not cover this stake.";
    case "market_suspended":
      return "Betting stopped before the bet arrived. Nothing was placed.";
    case "not_authenticated":
      return "You were logged out. Log in to place this bet.";
    case "unreachable":
    case "temporarily_unavailable":
      return "No answer came back. Try again: it will not be placed twice.";
    default:
      return error.message;
  }
}

export class SlipState {
  lines = $state.raw<SlipLine[]>([]);
  policy = $state<PricePolicy>("better");
  isSheetOpen = $state(false);

  get count(): number {
    return this.lines.length;
  }

  has(selectionId: string): boolean {
    return this.lines.some((line) => line.pick.selectionId === selectionId && line.phase !== "placed");
  }

  toggle(pick: Pick): void {
    const known = this.lines.find((line) => line.pick.selectionId === pick.selectionId);
    if (known && known.phase !== "placed") return known.phase === "editing" ? this.remove(known) : undefined;
    const odds = prices.of(pick.selectionId).odds;
    if (odds === null) return;
    const kept = this.lines.filter((line) => line !== known).slice(-(MOST_LINES - 1));
    this.lines = [...kept, this.#hold(new SlipLine(pick, odds, this))];
    this.keep();
  }

  remove(line: SlipLine): void {
    line.release();
    this.lines = this.lines.filter((other) => other !== line);
    this.keep();
  }

  clear(): void {
    for (const line of this.lines) line.release();
    this.lines = [];
    this.keep();
  }

  clearPlaced(): void {
    for (const line of this.lines) if (line.phase === "placed") this.remove(line);
  }

  setPolicy(policy: PricePolicy): void {
    this.policy = policy;
    this.keep();
  }

  #hold(line: SlipLine): SlipLine {
    line.release = eventMarkets.of(line.pick.eventId).watch();
    return line;
  }

  keep(): void {
    const lines: StoredLine[] = this.lines
      .filter((line) => line.phase !== "placed")
      .map(({ pick, agreedOdds, stake, attempt }) => ({ pick, agreedOdds, stake, attempt }));
    try {
      sessionStorage.setItem(STORE_NAME, JSON.stringify({ policy: this.policy, lines }));
    } catch {
      // storage is switched off: the draft lasts as long as the page
    }
  }

  /** Brings drafts back after a reload. One whose answer was being awaited may be standing: it can only be sent as it was. */
  restore(): void {
    try {
      const stored = JSON.parse(sessionStorage.getItem(STORE_NAME) ?? "null") as { policy: PricePolicy; lines: StoredLine[] } | null;
      if (!stored) return;
      this.policy = stored.policy;
      this.lines = stored.lines.map(({ pick, agreedOdds, stake, attempt }) => {
        const line = this.#hold(new SlipLine(pick, agreedOdds, this));
        line.stake = stake;
        line.attempt = attempt;
        if (attempt) {
          line.phase = "uncertain";
          line.refusal = { code: "unreachable", message: "The page closed before an answer came. Try again: it will not be placed twice." };
        }
        return line;
      });
    } catch {
      // unreadable drafts are left behind
    }
  }
}

export const slip = new SlipState();
