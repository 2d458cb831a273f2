/** What the one button of the slip does next, and what it says; it states the outcome, not the gesture. */
import { formatMinor, showMoney } from "$lib/format/money";
import { showOdds } from "./odds_format.svelte";
import type { Placing } from "./placing.svelte";
import type { SlipLine, SlipState } from "./slip.svelte";

export interface Plan {
  kind: "place" | "retry" | "accept" | "accept_and_place" | "wait" | "done";
  label: string;
  /** What is sent. */
  bets: Placing[];
  /** Whose changed price is agreed to first. */
  accepted: SlipLine[];
  isBusy: boolean;
}

const money = (minor: number, currency: string): string => showMoney(formatMinor(minor, currency), currency);
const wait = (label: string, isBusy = false): Plan => ({ kind: "wait", label, bets: [], accepted: [], isBusy });
const place = (label: string, bets: Placing[]): Plan => ({ kind: "place", label, bets, accepted: [], isBusy: false });

export function planOf(slip: SlipState, isLocked: boolean, isExcluded = false): Plan {
  const bets = slip.isSingles ? slip.lines.filter((line) => line.phase !== "placed") : [slip.ticket];
  if (bets.length === 0 || slip.isTicketDone) return { kind: "done", label: "Done", bets: [], accepted: [], isBusy: false };
  if (bets.some((bet) => bet.phase === "placing")) return wait("Placing…", true);
  if (bets.some((bet) => bet.phase === "waiting")) return wait("Checking the bet…", true);
  if (isExcluded) return wait("You have excluded yourself: no bet is taken");
  if (isLocked) return wait("Offline: your slip is kept");
  const uncertain = bets.filter((bet) => bet.phase === "uncertain");
  if (uncertain.length > 0) return { kind: "retry", label: "Try again", bets: uncertain, accepted: [], isBusy: false };
  return slip.isSingles ? planSingles(bets as SlipLine[]) : planTicket(slip);
}

/** Once a press was answered with new prices, the next press agrees to them and places. */
function accepting(changed: SlipLine[], bets: Placing[], isRefused: boolean): Plan {
  const [first] = changed;
  const verdict = first!.verdict;
  const what = changed.length === 1 && verdict.kind === "changed" ? showOdds(verdict.to) : `${changed.length} new prices`;
  if (isRefused) return { kind: "accept_and_place", label: `Accept ${what} and place`, bets, accepted: changed, isBusy: false };
  return { kind: "accept", label: `Accept ${what}`, bets: [], accepted: changed, isBusy: false };
}

function planSingles(lines: SlipLine[]): Plan {
  const changed = lines.filter((line) => line.assessment.kind === "changed");
  if (changed.length > 0) return accepting(changed, changed, changed.every((line) => line.refusal?.code === "odds_changed"));
  return blockingSingle(lines) ?? placingSingles(lines);
}

function blockingSingle(lines: SlipLine[]): Plan | null {
  for (const line of lines) {
    const assessment = line.assessment;
    if (assessment.kind === "closed") return wait(lines.length > 1 ? "Remove the suspended selection" : assessment.message);
    if (assessment.kind === "bad_stake" || assessment.kind === "short") return wait(lines.length > 1 ? "Check the stakes" : assessment.message);
    if (assessment.kind === "needs_stake") return wait("Enter a stake");
  }
  return null;
}

export interface Totals {
  /** What leaves the wallet: tokens pay for themselves. */
  paidMinor: number;
  freeMinor: number;
  tokens: number;
  returnMinor: number;
}

/** What the single bets that are ready come to together; null where one bet says it all by itself. */
export function totalsOf(lines: readonly SlipLine[]): Totals | null {
  const drafts = lines.filter((line) => line.phase === "editing");
  const isPlain = drafts.length < 2 && !drafts.some((line) => line.freeBet);
  const totals = addUp(drafts);
  return isPlain || totals.paidMinor + totals.freeMinor === 0 ? null : totals;
}

function addUp(lines: readonly SlipLine[]): Totals {
  const totals: Totals = { paidMinor: 0, freeMinor: 0, tokens: 0, returnMinor: 0 };
  for (const line of lines) {
    const { assessment, freeBet } = line;
    if (assessment.kind !== "ready") continue;
    totals.returnMinor += assessment.returnMinor;
    totals[freeBet ? "freeMinor" : "paidMinor"] += assessment.stakeMinor;
    if (freeBet) totals.tokens += 1;
  }
  return totals;
}

function placingSingles(lines: SlipLine[]): Plan {
  const { paidMinor, tokens, returnMinor } = addUp(lines);
  const { currency, freeBet } = lines[0]!;
  const returns = `to return ${money(returnMinor, currency)}`;
  const paid = money(paidMinor, currency);
  if (lines.length === 1) return place(`Place ${freeBet ? `free bet of ${showMoney(freeBet.amount, currency)}` : paid} to return ${lines[0]!.lineCount > 1 ? "up to " : ""}${money(returnMinor, currency)}`, lines);
  if (tokens === lines.length) return place(`Place ${tokens} free bets ${returns}`, lines);
  const free = tokens === 0 ? "" : tokens === 1 ? " and a free bet" : ` and ${tokens} free bets`;
  return place(`Place ${lines.length} bets, ${paid}${free} ${returns}`, lines);
}

function planTicket(slip: SlipState): Plan {
  const { ticket, lines } = slip;
  if (ticket.problem) return wait(ticket.problem);
  if (lines.some((line) => line.verdict.kind === "closed")) return wait("Remove the suspended selection");
  const changed = lines.filter((line) => line.verdict.kind === "changed");
  if (changed.length > 0) return accepting(changed, [ticket], ticket.refusal?.code === "odds_changed");
  const stake = ticket.stakeVerdict;
  if (stake.kind === "needs_stake") return wait("Enter a stake");
  if (stake.kind !== "fine") return wait(stake.message);
  const back = money(ticket.returnMinor ?? 0, ticket.currency);
  const laid = money(stake.stakeMinor, ticket.currency);
  const paid = ticket.freeBet ? `free bet of ${laid}` : laid;
  return place(ticket.lineCount === 1 ? `Place ${paid} to return ${back}` : `Place ${ticket.lineCount} lines, ${paid} to return up to ${back}`, [ticket]);
}

/** Does what the button says. Bets go one after the other: each is its own, and the first refusal stops none of the others. */
export async function carryOut(plan: Plan): Promise<void> {
  for (const line of plan.accepted) line.acceptChange();
  for (const bet of plan.bets) await bet.place();
}
