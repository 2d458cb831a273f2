/** A selection on the slip: its price as agreed and as it is now, and the single bet that may be made of it. */
import type { PlaceSlip, PricePolicy } from "$lib/api/types";
import { potentialReturn } from "$lib/betting/payout";
import { minorOf } from "$lib/format/money";
import { matches } from "./matches.svelte";
import { Placing } from "./placing.svelte";
import { prices, type EachWayTerms } from "./prices.svelte";
import type { Question } from "./quoting.svelte";
import { objectionOf } from "./refusals";
import { MAIN_CURRENCY, session } from "./session.svelte";
import { assess, commandOf, judgeLeg, judgeStake, probeMinor, type Assessment, type LegVerdict, type LineSituation } from "./slip_rules";

export interface Pick {
  selectionId: string;
  marketId: string;
  eventId: string;
  selectionName: string;
  marketName: string;
  eventName: string;
}

/** What a line asks of the slip it is on. */
export interface SlipOwner {
  readonly policy: PricePolicy;
  keep(): void;
}

export class SlipLine extends Placing {
  stake = $state("");
  agreedOdds = $state("");
  /** What to do when this price moves; null: as the slip says. */
  ownPolicy = $state<PricePolicy | null>(null);
  isBanker = $state(false);
  isEachWay = $state(false);
  readonly currency = MAIN_CURRENCY;
  release: () => void = () => {};

  constructor(
    readonly pick: Pick,
    odds: string,
    readonly owner: SlipOwner,
  ) {
    super();
    this.agreedOdds = odds;
  }

  get price() {
    return prices.of(this.pick.selectionId);
  }

  get policy(): PricePolicy {
    return this.ownPolicy ?? this.owner.policy;
  }

  get situation(): LineSituation {
    const match = matches.of(this.pick.eventId);
    const market = prices.market(this.pick.marketId);
    const wallet = session.wallet;
    return {
      stake: this.stake,
      currency: this.currency,
      agreedOdds: this.agreedOdds,
      currentOdds: this.price.odds,
      policy: this.policy,
      stopReason: match.stopReason || market.closedReason,
      isClosed: match.isStopped || match.isOver || market.status !== "active",
      availableMinor: wallet ? minorOf(wallet.available, wallet.currency) : null,
      times: this.lineCount,
      freeBetMinor: this.freeBetMinor,
    };
  }

  /** Each-way terms of its market for a bet made now: none once the match has begun. */
  get eachWay(): EachWayTerms | null {
    return matches.of(this.pick.eventId).isStarted ? null : prices.market(this.pick.marketId).eachWay;
  }

  /** An each-way single is two bets: to win, and to be placed. */
  get lineCount(): number {
    return this.isEachWay && this.eachWay ? 2 : 1;
  }

  get verdict(): LegVerdict {
    return judgeLeg(this.situation);
  }

  /** The desk has stopped it: the server knows more of that than the page does. */
  get isStoppedByDesk(): boolean {
    return prices.market(this.pick.marketId).status === "suspended" && !matches.of(this.pick.eventId).isStopped;
  }

  /** Why no bet is taken on it, or "": what the page knows, or what the server said of a stop of the desk. */
  get closedWords(): string {
    const { verdict, question } = this;
    if (verdict.kind !== "closed") return "";
    const rejection = this.quoting.exactly(question)?.rejection;
    const said = rejection?.code === "market_suspended" ? objectionOf(rejection, this.currency) : null;
    return said?.message ?? verdict.message;
  }

  get assessment(): Assessment {
    const assessment = assess(this.situation);
    if (assessment.kind !== "ready") return assessment;
    const { stakeMinor, odds } = assessment;
    const stake = { stakeMinor, sizes: [1], lineCount: this.lineCount, isEachWay: this.lineCount === 2, isFreeBet: this.freeBet !== null };
    return { ...assessment, returnMinor: this.quotedReturnMinor ?? potentialReturn(stake, [{ odds, placeFraction: this.eachWay?.fraction }]) };
  }

  get question(): Question | null {
    const { situation, shownOdds } = this;
    if (this.phase !== "editing" || shownOdds === undefined) return null;
    const stake = judgeStake({ ...situation, availableMinor: null });
    const hasStake = stake.kind === "fine";
    const stakeMinor = hasStake ? stake.stakeMinor : probeMinor(this.currency, this.lineCount);
    return { command: this.#commandFor(stakeMinor, situation), prices: [shownOdds], hasStake };
  }

  /** The price a question is about: none while the desk has stopped it, and nothing to ask where it is closed for good or by the match. */
  get shownOdds(): string | null | undefined {
    if (this.verdict.kind !== "closed") return this.price.odds;
    return this.isStoppedByDesk ? null : undefined;
  }

  change(what: Partial<{ stake: string; ownPolicy: PricePolicy | null; isBanker: boolean; isEachWay: boolean; freeBetId: string | null }>): void {
    Object.assign(this, what);
    this.refusal = null;
    this.owner.keep();
  }

  setStake(text: string): void {
    this.change({ stake: text });
  }

  acceptChange(): void {
    this.agreedOdds = this.price.odds ?? this.agreedOdds;
    this.refusal = null;
    this.owner.keep();
  }

  protected keep(): void {
    this.owner.keep();
  }

  protected command(): PlaceSlip | null {
    const { assessment } = this;
    return assessment.kind === "ready" ? this.#commandFor(assessment.stakeMinor, this.situation) : null;
  }

  #commandFor(stakeMinor: number, situation: LineSituation): PlaceSlip {
    const { currency, policy } = situation;
    const legs = [{ ...situation, selectionId: this.pick.selectionId }];
    return commandOf({ stakeMinor, currency, policy, legs, isEachWay: this.lineCount === 2, freeBetId: this.freeBet?.id ?? null });
  }
}
