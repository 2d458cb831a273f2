/** One bet on its way to the server: sent once, repeated under the same key while the answer is unknown, waited for in play. */
import { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { getSlip, placeSlip } from "$lib/api/routes";
import type { FreeBet, PlaceSlip, Slip, SlipQuote } from "$lib/api/types";
import { minorOf } from "$lib/format/money";
import { bets } from "./bets.svelte";
import { freeBets } from "./free_bets.svelte";
import { live } from "./live.svelte";
import { prices } from "./prices.svelte";
import { Quoting, type Question } from "./quoting.svelte";
import { objectionOf, refusalOf, rejectionOf, type Refusal } from "./refusals";
import { attemptFor, type Attempt } from "./slip_rules";
import { onUserChange } from "./user_stream";

export type Phase = "editing" | "placing" | "uncertain" | "waiting" | "placed";

/** The stream brings the verdict on a delayed slip; where it does not, the slip is asked for this long after its time. */
const ASK_AFTER_MS = 1_500;

const awaited = new Map<string, Placing>();
/** Verdicts that came on the stream before the answer that names their slip; kept while such an answer is on its way. */
const early = new Map<string, Slip>();
let answersOnTheirWay = 0;

export abstract class Placing {
  phase = $state<Phase>("editing");
  refusal = $state.raw<Refusal | null>(null);
  /** The slip as the server has it: waiting for its verdict, or accepted. */
  receipt = $state.raw<Slip | null>(null);
  attempt: Attempt | null = null;
  /** The token chosen to pay in place of the wallet. */
  freeBetId = $state<string | null>(null);
  readonly quoting = new Quoting();

  abstract readonly currency: string;
  /** What the server is asked before placing, or null while there is nothing to ask. */
  abstract readonly question: Question | null;
  /** What is sent now, or null while something is missing. */
  protected abstract command(): PlaceSlip | null;
  /** Keeps the draft. */
  protected abstract keep(): void;

  get isBusy(): boolean {
    return this.phase === "placing" || this.phase === "waiting";
  }

  /** The chosen token, as long as it can be used; it sets the stake. */
  get freeBet(): FreeBet | null {
    return (this.freeBetId && freeBets.find(this.freeBetId)) || null;
  }

  get freeBetMinor(): number | null {
    const { freeBet } = this;
    return freeBet && minorOf(freeBet.amount, freeBet.currency);
  }

  /** The stake where it is not the person's to type: a token's, or that of a bet being checked. */
  get fixedStake(): string | null {
    return this.receipt?.stake ?? this.freeBet?.amount ?? null;
  }

  /** What the server said of exactly this bet, where its stake is the person's own. */
  get quote(): SlipQuote | null {
    const { question } = this;
    return question?.hasStake ? this.quoting.exactly(question) : null;
  }

  /** The return as the server worked it out, its highest payout included. */
  protected get quotedReturnMinor(): number | null {
    const back = this.quote?.potential_win;
    return back == null ? null : minorOf(back, this.currency);
  }

  /** Why the server would say no, as it says before it is asked to place. */
  get objection(): Refusal | null {
    const rejection = this.quote?.rejection;
    return rejection ? objectionOf(rejection, this.currency) : null;
  }

  /** Sends the command, or the very same one again when the answer to the last was lost. */
  async place(): Promise<void> {
    if (this.isBusy || this.phase === "placed") return;
    const command = this.phase === "uncertain" && this.attempt ? (JSON.parse(this.attempt.body) as PlaceSlip) : this.command();
    if (!command) return;
    this.attempt = attemptFor(command, this.attempt, newKey);
    this.phase = "placing";
    this.refusal = null;
    this.keep();
    answersOnTheirWay += 1;
    try {
      this.hear(await placeSlip(command, this.attempt.key));
    } catch (error) {
      this.#refuse(error, command.currency);
    } finally {
      answersOnTheirWay -= 1;
      if (answersOnTheirWay === 0) early.clear();
    }
    this.keep();
  }

  /** What the server says of the slip, in its answer or later. */
  hear(slip: Slip): void {
    freeBets.hear([slip]);
    if (slip.status === "pending_delay") {
      const verdict = early.get(slip.id);
      if (!verdict) return this.#wait(slip);
      slip = verdict;
    }
    awaited.delete(slip.id);
    this.attempt = null;
    if (slip.status === "rejected") {
      this.phase = "editing";
      this.receipt = null;
      this.#take(rejectionOf(slip));
      bets.remove(slip.id);
    } else {
      this.receipt = slip;
      this.phase = "placed";
      bets.place(slip);
    }
    this.keep();
  }

  /** Lets go of what was placed, so that the draft may be placed once more: with money, for a token pays once. */
  renew(): void {
    this.freeBetId = null;
    if (this.receipt) awaited.delete(this.receipt.id);
    this.phase = "editing";
    this.receipt = null;
    this.refusal = null;
    this.attempt = null;
  }

  /** After a reload: a command whose answer was never read can only be sent as it was. */
  recall(attempt: Attempt | null, message: string): void {
    this.attempt = attempt;
    if (!attempt) return;
    this.phase = "uncertain";
    this.refusal = { code: "unreachable", message, legs: [], maxStake: null, minStake: null };
  }

  #wait(slip: Slip): void {
    this.receipt = slip;
    this.phase = "waiting";
    bets.place(slip);
    awaited.set(slip.id, this);
    setTimeout(() => void this.#ask(slip.id), Math.max(0, Date.parse(slip.due_at ?? slip.placed_at) - Date.now() - live.clockOffsetMs) + ASK_AFTER_MS);
  }

  async #ask(id: string): Promise<void> {
    if (awaited.get(id) !== this) return;
    try {
      const slip = await getSlip(id);
      if (awaited.get(id) === this) this.hear(slip);
    } catch {
      setTimeout(() => void this.#ask(id), ASK_AFTER_MS);
    }
  }

  #refuse(error: unknown, currency: string): void {
    this.phase = "editing";
    if (!(error instanceof ApiError)) throw error;
    if (error.isRetryable) this.phase = "uncertain";
    else this.attempt = null;
    if (error.code === "free_bet_unavailable") void freeBets.load();
    this.#take(refusalOf(error, currency));
  }

  /** The server may know of a price before this page does. */
  #take(refusal: Refusal): void {
    this.refusal = refusal;
    for (const leg of refusal.legs) prices.of(leg.selection_id).hear(leg.current);
  }
}

function judge({ slip }: { slip: Slip }): void {
  const placing = awaited.get(slip.id);
  if (placing) placing.hear(slip);
  else if (answersOnTheirWay > 0 && slip.status !== "pending_delay") early.set(slip.id, slip);
}

onUserChange("slip.placed", judge);
onUserChange("slip.accepted", judge);
onUserChange("slip.rejected", judge);
