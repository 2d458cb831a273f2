/** The slip: selections being made into single bets or one bet of them all. Drafts survive a reload; a retry keeps its key. */
import type { FreeBet, PricePolicy } from "$lib/api/types";
import { coversOf, LEGS_MAX, type BetType } from "$lib/betting/bet_types";
import { eventMarkets } from "./event_markets.svelte";
import { freeBets } from "./free_bets.svelte";
import { prices } from "./prices.svelte";
import { SlipLine, type Pick } from "./slip_line.svelte";
import { Ticket, type StakeKind } from "./slip_ticket.svelte";
import type { Attempt } from "./slip_rules";

export { SlipLine, type Pick };

const STORE_NAME = "touchline.slip";
const LOST_ANSWER = "The page closed before an answer came. Try again: it will not be placed twice.";

interface StoredLine {
  pick: Pick;
  agreedOdds: string;
  stake: string;
  attempt: Attempt | null;
  ownPolicy?: PricePolicy | null;
  isBanker?: boolean;
  isEachWay?: boolean;
  freeBetId?: string | null;
}

interface StoredTicket {
  stake: string;
  stakeKind: StakeKind;
  chosenSizes: number[];
  isEachWay: boolean;
  freeBetId?: string | null;
  attempt: Attempt | null;
}

interface StoredSlip {
  policy: PricePolicy;
  wanted?: BetType;
  lines: StoredLine[];
  ticket?: StoredTicket;
}

export class SlipState {
  lines = $state.raw<SlipLine[]>([]);
  policy = $state<PricePolicy>("better");
  isSheetOpen = $state(false);
  readonly ticket: Ticket = new Ticket(this);
  /** What the person chose; what it is now depends on how many selections there are. */
  #wanted = $state<BetType>("single");

  get count(): number {
    return this.lines.length;
  }

  /** "single" stands for single bets of every selection. */
  get betType(): BetType {
    return this.offered.includes(this.#wanted) ? this.#wanted : "single";
  }

  get isSingles(): boolean {
    return this.betType === "single";
  }

  /** The bets that can be made of this many selections. */
  get offered(): BetType[] {
    const count = this.lines.length;
    return count < 2 ? ["single"] : ["single", "accumulator", ...coversOf(count), "system"];
  }

  get isTicketDone(): boolean {
    return !this.isSingles && this.ticket.phase === "placed";
  }

  has(selectionId: string): boolean {
    if (this.isTicketDone) return false;
    return this.lines.some((line) => line.pick.selectionId === selectionId && line.phase !== "placed");
  }

  choose(betType: BetType): void {
    if (this.ticket.isBusy || this.ticket.phase === "uncertain") return;
    this.#wanted = betType;
    this.ticket.refusal = null;
    this.keep();
  }

  toggle(pick: Pick): void {
    if (this.ticket.isBusy || this.ticket.phase === "uncertain") return;
    if (this.isTicketDone) this.clear();
    const known = this.lines.find((line) => line.pick.selectionId === pick.selectionId);
    if (known && known.phase !== "placed") return known.phase === "editing" ? this.remove(known) : undefined;
    const odds = prices.of(pick.selectionId).odds;
    if (odds === null) return;
    const kept = this.lines.filter((line) => line !== known).slice(-(LEGS_MAX - 1));
    this.lines = [...kept, this.#hold(new SlipLine(pick, odds, this))];
    this.ticket.refusal = null;
    this.keep();
  }

  remove(line: SlipLine): void {
    line.release();
    this.lines = this.lines.filter((other) => other !== line);
    this.ticket.refusal = null;
    this.keep();
  }

  clear(): void {
    for (const line of this.lines) line.release();
    this.lines = [];
    this.ticket.renew();
    this.ticket.stake = "";
    this.keep();
  }

  /** Leaves the receipts behind; what was not placed stays. */
  clearPlaced(): void {
    if (this.isTicketDone) return this.clear();
    for (const line of this.lines) if (line.phase === "placed") this.remove(line);
  }

  /** The same selections once more, at their prices now. */
  reuse(): void {
    this.ticket.renew();
    for (const line of this.lines) line.acceptChange();
  }

  /** The tokens this bet may take: those no other bet here has taken. */
  tokensFor(bet: SlipLine | Ticket): FreeBet[] {
    const others = this.isSingles ? this.lines.filter((line) => line !== bet && line.phase !== "placed") : [];
    return freeBets.items.filter((token) => token.currency === bet.currency && !others.some((other) => other.freeBetId === token.id));
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
      .map(({ pick, agreedOdds, stake, attempt, ownPolicy, isBanker, isEachWay, freeBetId }) => ({ pick, agreedOdds, stake, attempt, ownPolicy, isBanker, isEachWay, freeBetId }));
    const { stake, stakeKind, chosenSizes, isEachWay, freeBetId, attempt } = this.ticket;
    const ticket: StoredTicket = { stake, stakeKind, chosenSizes, isEachWay, freeBetId, attempt };
    const stored: StoredSlip = { policy: this.policy, wanted: this.#wanted, lines: this.isTicketDone ? [] : lines, ticket };
    try {
      sessionStorage.setItem(STORE_NAME, JSON.stringify(stored));
    } catch {
      // storage is switched off: the draft lasts as long as the page
    }
  }

  /** Brings drafts back after a reload. One whose answer was being awaited may be standing: it can only be sent as it was. */
  restore(): void {
    try {
      const stored = JSON.parse(sessionStorage.getItem(STORE_NAME) ?? "null") as StoredSlip | null;
      if (!stored) return;
      this.policy = stored.policy;
      this.#wanted = stored.wanted ?? "single";
      this.lines = stored.lines.map((line) => this.#restoreLine(line));
      if (stored.ticket) this.#restoreTicket(stored.ticket);
    } catch {
      // unreadable drafts are left behind
    }
  }

  #restoreLine({ pick, agreedOdds, attempt, ...draft }: StoredLine): SlipLine {
    const line = this.#hold(new SlipLine(pick, agreedOdds, this));
    Object.assign(line, draft);
    line.recall(attempt, LOST_ANSWER);
    return line;
  }

  #restoreTicket({ attempt, ...draft }: StoredTicket): void {
    Object.assign(this.ticket, draft);
    this.ticket.recall(attempt, LOST_ANSWER);
  }
}

export const slip = new SlipState();
