/** What may be done with the slip right now, decided from plain values only. */
import type { PlaceSlip, PricePolicy } from "$lib/api/types";
import type { BetType } from "$lib/betting/bet_types";
import { exponentOf, formatMilli, formatMinor, parseMilli, parseMinor, returnMinor, showMoney } from "$lib/format/money";

export interface LegSituation {
  /** The price the person agreed to: shown when they picked it, or when they accepted a change. */
  agreedOdds: string;
  currentOdds: string | null;
  policy: PricePolicy;
  stopReason: string;
  isClosed: boolean;
}

export type LegVerdict = { kind: "closed"; message: string } | { kind: "changed"; from: string; to: string } | { kind: "fine"; odds: string };

export interface StakeSituation {
  stake: string;
  currency: string;
  availableMinor: number | null;
  /** How many times the stake is laid: the lines, where the stake is that of one line. */
  times?: number;
  /** The whole stake is a free bet's. */
  freeBetMinor?: number | null;
}

export type StakeVerdict =
  | { kind: "needs_stake" }
  | { kind: "bad_stake"; message: string }
  | { kind: "short"; message: string }
  | { kind: "fine"; stakeMinor: number };

export interface LineSituation extends LegSituation, StakeSituation {}

export type Assessment = Exclude<LegVerdict, { kind: "fine" }> | Exclude<StakeVerdict, { kind: "fine" }> | { kind: "ready"; stakeMinor: number; returnMinor: number; odds: string };

function mustAgree(agreedMilli: number, currentMilli: number, policy: PricePolicy): boolean {
  if (policy === "any") return false;
  return policy === "better" ? currentMilli < agreedMilli : currentMilli !== agreedMilli;
}

export function judgeLeg(leg: LegSituation): LegVerdict {
  if (leg.isClosed || leg.currentOdds === null) return { kind: "closed", message: leg.stopReason || "Suspended: no price right now" };
  if (mustAgree(parseMilli(leg.agreedOdds), parseMilli(leg.currentOdds), leg.policy)) return { kind: "changed", from: leg.agreedOdds, to: leg.currentOdds };
  return { kind: "fine", odds: leg.currentOdds };
}

export function judgeStake({ stake, currency, availableMinor, times = 1, freeBetMinor = null }: StakeSituation): StakeVerdict {
  if (freeBetMinor !== null) return { kind: "fine", stakeMinor: freeBetMinor };
  const text = stake.trim();
  if (text === "") return { kind: "needs_stake" };
  const oneMinor = parseMinor(normaliseStake(text), currency);
  if (oneMinor === null || oneMinor === 0) return { kind: "bad_stake", message: "Enter a stake such as 10 or 2.50" };
  const stakeMinor = oneMinor * times;
  if (availableMinor !== null && stakeMinor > availableMinor) return { kind: "short", message: `You have ${showMoney(formatMinor(availableMinor, currency), currency)} available` };
  return { kind: "fine", stakeMinor };
}

export function assess(line: LineSituation): Assessment {
  const leg = judgeLeg(line);
  if (leg.kind !== "fine") return leg;
  const stake = judgeStake(line);
  if (stake.kind !== "fine") return stake;
  return { kind: "ready", stakeMinor: stake.stakeMinor, returnMinor: returnMinor(stake.stakeMinor, parseMilli(leg.odds)), odds: leg.odds };
}

/** ",5" and "5." are how people type on the way to an amount. */
export function normaliseStake(text: string): string {
  const dotted = text.trim().replace(",", ".");
  const whole = dotted.startsWith(".") ? `0${dotted}` : dotted;
  return whole.endsWith(".") ? whole.slice(0, -1) : whole.replace(/^0+(?=\d)/, "");
}

export interface WantedLeg extends Pick<LegSituation, "agreedOdds" | "currentOdds" | "policy"> {
  selectionId: string;
  isBanker?: boolean;
}

export interface WantedBet {
  stakeMinor: number;
  currency: string;
  policy: PricePolicy;
  legs: readonly WantedLeg[];
  betType?: BetType;
  sizes?: readonly number[];
  isEachWay?: boolean;
  freeBetId?: string | null;
}

/** Under "better" the agreed price travels, so that the server may give a better one; else the one that is shown. */
function legCommand(leg: WantedLeg, slipPolicy: PricePolicy): PlaceSlip["legs"][number] {
  const odds = leg.policy === "better" ? leg.agreedOdds : (leg.currentOdds ?? leg.agreedOdds);
  return {
    selection_id: leg.selectionId,
    odds: formatMilli(parseMilli(odds)),
    ...(leg.isBanker ? { is_banker: true } : {}),
    ...(leg.policy === slipPolicy ? {} : { price_policy: leg.policy }),
  } as PlaceSlip["legs"][number];
}

/** What the server is asked for while there is no stake: a whole unit on every line, which every currency takes. */
export function probeMinor(currency: string, lineCount: number): number {
  return 10 ** exponentOf(currency) * Math.max(1, lineCount);
}

/** The command of a bet; `stake` is the whole stake. What has its usual value is left out. */
export function commandOf(bet: WantedBet): PlaceSlip {
  return {
    stake: formatMinor(bet.stakeMinor, bet.currency),
    currency: bet.currency,
    price_policy: bet.policy,
    legs: bet.legs.map((leg) => legCommand(leg, bet.policy)),
    ...(bet.betType && bet.betType !== "single" ? { bet_type: bet.betType } : {}),
    ...(bet.betType === "system" ? { line_sizes: [...(bet.sizes ?? [])] } : {}),
    ...(bet.isEachWay ? { is_each_way: true } : {}),
    ...(bet.freeBetId ? { free_bet_id: bet.freeBetId } : {}),
  } as PlaceSlip;
}

/** Legs of one event cannot be multiplied with each other: per event, the positions of such legs. */
export function relatedLegs(eventIds: readonly string[]): Set<number> {
  const related = new Set<number>();
  for (const [position, eventId] of eventIds.entries()) if (eventIds.indexOf(eventId) !== eventIds.lastIndexOf(eventId)) related.add(position);
  return related;
}

export interface Attempt {
  key: string;
  body: string;
}

/** A repeated command keeps its key, so the server answers it once; another command needs another key. */
export function attemptFor(command: object, previous: Attempt | null, newKey: () => string): Attempt {
  const body = JSON.stringify(command);
  return previous?.body === body ? previous : { key: newKey(), body };
}
