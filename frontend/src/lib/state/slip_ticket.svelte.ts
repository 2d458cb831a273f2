/** One bet of all the selections on the slip: an accumulator, a full-cover bet or a system. */
import type { PlaceSlip, PricePolicy } from "$lib/api/types";
import { betTypeName, countLines, LINES_MAX, sizesOf, systemSizes, type BetType } from "$lib/betting/bet_types";
import { potentialReturn } from "$lib/betting/payout";
import { minorOf } from "$lib/format/money";
import { Placing } from "./placing.svelte";
import type { Question } from "./quoting.svelte";
import { MAIN_CURRENCY, session } from "./session.svelte";
import type { SlipLine, SlipOwner } from "./slip_line.svelte";
import { commandOf, judgeStake, probeMinor, relatedLegs, type StakeSituation, type StakeVerdict } from "./slip_rules";

export type StakeKind = "total" | "line";

export interface TicketOwner extends SlipOwner {
  readonly lines: readonly SlipLine[];
  readonly betType: BetType;
}

export class Ticket extends Placing {
  stake = $state("");
  stakeKind = $state<StakeKind>("line");
  /** Of a system: how many legs beside the bankers a line has. */
  chosenSizes = $state.raw<number[]>([]);
  isEachWay = $state(false);
  readonly currency = MAIN_CURRENCY;

  constructor(readonly owner: TicketOwner) {
    super();
  }

  get bankers(): SlipLine[] {
    return this.owner.betType === "system" ? this.owner.lines.filter((line) => line.isBanker) : [];
  }

  get freeLegs(): number {
    return this.owner.lines.length - this.bankers.length;
  }

  /** The sizes a system may choose from, each with the number of its lines. */
  get choices(): { size: number; lines: number }[] {
    return systemSizes(this.freeLegs).map((size) => ({ size, lines: countLines(this.freeLegs, [size]) }));
  }

  get sizes(): number[] {
    const chosen = this.chosenSizes.filter((size) => size <= this.freeLegs);
    return sizesOf(this.owner.betType, this.owner.lines.length, chosen);
  }

  /** Each-way needs place terms on every leg. */
  get canBeEachWay(): boolean {
    return this.owner.lines.length > 0 && this.owner.lines.every((line) => line.eachWay);
  }

  get isEachWayNow(): boolean {
    return this.isEachWay && this.canBeEachWay;
  }

  get lineCount(): number {
    return countLines(this.freeLegs, this.sizes, this.isEachWayNow);
  }

  get name(): string {
    return betTypeName(this.owner.betType, this.owner.lines.length);
  }

  get related(): Set<number> {
    return relatedLegs(this.owner.lines.map((line) => line.pick.eventId));
  }

  /** Why these selections and sizes make no bet, or "". */
  get problem(): string {
    if (this.related.size > 0) return "Remove one of the related selections";
    if (this.owner.betType !== "system") return "";
    if (this.freeLegs === 0) return "Leave one selection that is no banker";
    if (this.sizes.length === 0) return "Choose the lines of your system";
    return this.lineCount > LINES_MAX ? `At most ${LINES_MAX.toLocaleString("en")} lines` : "";
  }

  get #stakeSituation(): StakeSituation {
    const wallet = session.wallet;
    const availableMinor = wallet ? minorOf(wallet.available, wallet.currency) : null;
    return { stake: this.stake, currency: this.currency, availableMinor, times: this.stakeKind === "line" ? this.lineCount : 1, freeBetMinor: this.freeBetMinor };
  }

  get stakeVerdict(): StakeVerdict {
    return judgeStake(this.#stakeSituation);
  }

  /** What comes back if every leg wins at the price shown now; null while a price or the stake is missing. */
  get returnMinor(): number | null {
    const stake = this.stakeVerdict;
    if (stake.kind !== "fine" || this.problem) return null;
    if (this.quotedReturnMinor !== null) return this.quotedReturnMinor;
    const legs = this.owner.lines.map((line) => ({ odds: line.price.odds ?? line.agreedOdds, isBanker: this.bankers.includes(line), placeFraction: line.eachWay?.fraction }));
    const { sizes, lineCount } = this;
    return potentialReturn({ stakeMinor: stake.stakeMinor, sizes, lineCount, isEachWay: this.isEachWayNow, isFreeBet: this.freeBet !== null }, legs);
  }

  get question(): Question | null {
    const { lines } = this.owner;
    if (this.phase !== "editing" || this.problem || lines.some((line) => line.shownOdds === undefined)) return null;
    const stake = judgeStake({ ...this.#stakeSituation, availableMinor: null });
    const hasStake = stake.kind === "fine";
    const stakeMinor = hasStake ? stake.stakeMinor : probeMinor(this.currency, this.lineCount);
    return { command: this.#commandFor(stakeMinor), prices: lines.map((line) => line.shownOdds ?? null), hasStake };
  }

  change(what: Partial<{ stake: string; stakeKind: StakeKind; chosenSizes: number[]; isEachWay: boolean; freeBetId: string | null }>): void {
    Object.assign(this, what);
    this.refusal = null;
    this.owner.keep();
  }

  toggleSize(size: number): void {
    const rest = this.chosenSizes.filter((known) => known !== size);
    this.change({ chosenSizes: rest.length === this.chosenSizes.length ? [...rest, size] : rest });
  }

  protected keep(): void {
    this.owner.keep();
  }

  protected command(): PlaceSlip | null {
    const stake = this.stakeVerdict;
    if (stake.kind !== "fine" || this.problem || this.owner.lines.some((line) => line.verdict.kind !== "fine")) return null;
    return this.#commandFor(stake.stakeMinor);
  }

  #commandFor(stakeMinor: number): PlaceSlip {
    const { lines, betType } = this.owner;
    const policy: PricePolicy = this.owner.policy;
    const legs = lines.map((line) => ({ ...line.situation, selectionId: line.pick.selectionId, isBanker: this.bankers.includes(line) }));
    return commandOf({ stakeMinor, currency: this.currency, policy, legs, betType, sizes: this.sizes, isEachWay: this.isEachWayNow, freeBetId: this.freeBet?.id ?? null });
  }
}
