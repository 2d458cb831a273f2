/** The cash-out of one open slip: its value as prices move, a quote when somebody is about to press, and the taking of it. */
import { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { getCashOut, getWallets, quoteCashOut, setCashOutTarget, takeCashOut } from "$lib/api/routes";
import type { CashOut, CashOutQuote, CashOutValue, Slip } from "$lib/api/types";
import { offerMinor, stakeOfShare } from "$lib/betting/cash_out";
import { formatMinor, minorOf, showMoney } from "$lib/format/money";
import { announcer } from "./announcer.svelte";
import { bets } from "./bets.svelte";
import { eventMarkets } from "./event_markets.svelte";
import { live } from "./live.svelte";
import { matches } from "./matches.svelte";
import { prices } from "./prices.svelte";
import { session } from "./session.svelte";

export const REASONS: Record<string, string> = {
  not_accepted: "The bet is still being checked",
  settled: "Every result is known: the bet is about to be settled",
  nothing_left: "All of it was cashed out",
  not_offered: "Each-way and free bets cannot be cashed out",
  lost: "This bet cannot win any more",
  stopped: "Betting is stopped on a match: the offer comes back with it",
  suspended: "A market of this bet is suspended",
  stale: "Waiting for news of the match",
  moved: "Another part was just taken",
  too_small: "It is worth less than a penny",
};

type Phase = "idle" | "quoting" | "quoted" | "taking" | "uncertain";

export class CashOutView {
  value = $state.raw<CashOutValue | null>(null);
  error = $state.raw<unknown>(null);
  phase = $state<Phase>("idle");
  quote = $state.raw<CashOutQuote | null>(null);
  /** How much of what remains, in percent. */
  share = $state(100);
  isExpired = $state(false);
  message = $state("");
  taken = $state.raw<CashOut["cash_out"] | null>(null);
  #key = "";

  constructor(readonly slip: () => Slip) {}

  get remainingMinor(): number {
    return minorOf(this.slip().remaining_stake, this.slip().currency);
  }

  get stakeMinor(): number {
    return stakeOfShare(this.remainingMinor, this.share);
  }

  /** Why there will be no offer any more, or "". */
  get lastingReason(): string {
    const reason = this.value?.reason ?? "";
    return ["stopped", "suspended", "stale", "moved"].includes(reason) ? "" : reason;
  }

  /** Nothing is live for whoever has excluded themselves: there is no value to show, and the server is asked for one. */
  get isUnheard(): boolean {
    return live.isExcluded;
  }

  get canAsk(): boolean {
    if (this.isUnheard) return this.value !== null && !this.lastingReason;
    return !live.isLocked && (this.offer ?? 0) > 0;
  }

  /** Why there is no offer at this moment, or "". */
  get reason(): string {
    if (!this.value) return "";
    if (this.lastingReason || this.isUnheard) return this.lastingReason;
    for (const leg of this.#openLegs()) {
      if (matches.of(leg.event_id).isStopped) return "stopped";
      if (prices.market(leg.market_id).status !== "active" || this.#priceOf(leg.selection_id) === null) return "suspended";
    }
    return "";
  }

  /** The offer for the chosen share at the prices shown now, or null. */
  get offer(): number | null {
    return this.offerFor(this.stakeMinor);
  }

  offerFor(stakeMinor: number): number | null {
    const value = this.value;
    const slip = this.slip();
    if (!value || this.reason || this.isUnheard) return null;
    const legs = value.legs.map((leg, index) => ({
      struckOdds: leg.struck_odds,
      currentOdds: this.#priceOf(leg.selection_id) ?? leg.current_odds,
      factor: leg.factor,
      isBanker: slip.legs[index]?.is_banker ?? false,
      deductionPercent: slip.legs[index]?.deduction_percent ?? 0,
    }));
    return offerMinor({ lineSizes: slip.line_sizes, lineCount: slip.line_count, margin: value.margin }, legs, stakeMinor);
  }

  /** Results since the value was read change its factors. */
  get isBehind(): boolean {
    return this.#openLegs().some((leg) => prices.of(leg.selection_id).result !== null);
  }

  /** Hears the prices of the open legs, and reads what is needed to work with them. */
  watch(): () => void {
    const events = new Set(this.slip().legs.filter((leg) => leg.status === "open").map((leg) => leg.event_id));
    const releases = [...events].map((eventId) => eventMarkets.of(eventId).watch());
    void this.load();
    return () => releases.forEach((release) => release());
  }

  async load(): Promise<void> {
    try {
      this.value = await getCashOut(this.slip().id);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  choose(share: number): void {
    this.share = share;
    this.quote = null;
    this.phase = "idle";
    this.message = "";
  }

  async ask(message = ""): Promise<void> {
    if (this.phase === "quoting") return;
    this.phase = "quoting";
    this.message = message;
    try {
      this.quote = await quoteCashOut(this.slip().id, this.share >= 100 ? null : formatMinor(this.stakeMinor, this.slip().currency));
      this.#key = newKey();
      this.phase = "quoted";
      this.#expire(this.quote);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Takes the offer; where it moved meanwhile the new one is asked for, and taken only by another press. */
  async take(): Promise<void> {
    const quote = this.quote;
    if (!quote || this.phase === "taking") return;
    this.phase = "taking";
    this.message = "";
    try {
      const { cash_out, slip } = await takeCashOut(this.slip().id, quote.id, this.#key);
      this.taken = cash_out;
      this.quote = null;
      this.share = 100;
      this.phase = "idle";
      bets.take(slip);
      // A bet that has ended leaves the open ones, and what it showed with it.
      if (slip.status !== "accepted") announcer.say(`Cashed out: ${showMoney(cash_out.paid, slip.currency)} is in your wallet.`, { link: `/bets/${slip.id}`, tone: "good" });
      if (this.isUnheard) session.wallets = (await getWallets()).wallets;
      if (slip.status === "accepted") void this.load();
    } catch (error) {
      if (error instanceof ApiError && error.code === "offer_changed") return this.ask("The offer moved. This is the new one.");
      this.#refuse(error);
    }
  }

  drop(): void {
    this.quote = null;
    this.phase = "idle";
  }

  async aim(target: string | null): Promise<void> {
    try {
      bets.take(await setCashOutTarget(this.slip().id, target));
      this.message = "";
      await this.load();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** An offer is good for a few seconds; by the server's clock, whose time it names. */
  #expire(quote: CashOutQuote): void {
    this.isExpired = false;
    setTimeout(() => {
      if (this.quote === quote) this.isExpired = true;
    }, Math.max(0, Date.parse(quote.expires_at) - Date.now() - live.clockOffsetMs));
  }

  #openLegs() {
    const settled = new Set(this.value?.legs.filter((leg) => leg.factor !== null).map((leg) => leg.selection_id));
    return this.slip().legs.filter((leg) => leg.status === "open" && !settled.has(leg.selection_id));
  }

  #priceOf(selectionId: string): string | null {
    return prices.of(selectionId).odds;
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.isRetryable && this.quote) {
      this.phase = "uncertain";
      this.message = "No answer came back. Try again: it is not paid twice.";
      return;
    }
    this.quote = null;
    this.phase = "idle";
    this.message = wordsOf(error, this.slip().currency);
    void this.load();
  }
}

function wordsOf(error: ApiError, currency: string): string {
  const { reason, offer } = error.problem as { reason?: string; offer?: string };
  if (error.code === "cash_out_unavailable") return `${REASONS[reason ?? ""] ?? "No offer right now"}.`;
  if (error.code === "offer_changed" && offer) return `The offer is now ${showMoney(offer, currency)}.`;
  if (error.code === "quote_expired") return "The offer was good for a few seconds only. Ask again.";
  return error.message;
}
