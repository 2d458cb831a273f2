/** What may be done with a line of the slip right now, decided from plain values only. */
import type { PlaceSlip, PricePolicy } from "$lib/api/types";
import { formatMilli, formatMinor, parseMilli, parseMinor, returnMinor, showMoney } from "$lib/format/money";

export interface LineSituation {
  stake: string;
  currency: string;
  /** The price the person agreed to: shown when they picked it, or when they accepted a change. */
  agreedOdds: string;
  currentOdds: string | null;
  policy: PricePolicy;
  stopReason: string;
  isClosed: boolean;
  availableMinor: number | null;
}

export type Assessment =
  | { kind: "needs_stake" }
  | { kind: "bad_stake"; message: string }
  | { kind: "short"; message: string }
  | { kind: "closed"; message: string }
  | { kind: "changed"; from: string; to: string }
  | { kind: "ready"; stakeMinor: number; returnMinor: number; odds: string };

function mustAgree(agreedMilli: number, currentMilli: number, policy: PricePolicy): boolean {
  if (policy === "any") return false;
  return policy === "better" ? currentMilli < agreedMilli : currentMilli !== agreedMilli;
}

export function assess(line: LineSituation): Assessment {
  if (line.isClosed || line.currentOdds === null) return { kind: "closed", message: line.stopReason || "Suspended: no price right now" };
  if (mustAgree(parseMilli(line.agreedOdds), parseMilli(line.currentOdds), line.policy))
    return { kind: "changed", from: line.agreedOdds, to: line.currentOdds };
  const text = line.stake.trim();
  if (text === "") return { kind: "needs_stake" };
  const stakeMinor = parseMinor(normaliseStake(text), line.currency);
  if (stakeMinor === null || stakeMinor === 0) return { kind: "bad_stake", message: "Enter a stake such as 10 or 2.50" };
  if (line.availableMinor !== null && stakeMinor > line.availableMinor)
    return { kind: "short", message: `You have ${showMoney(formatMinor(line.availableMinor, line.currency), line.currency)} available` };
  return { kind: "ready", stakeMinor, returnMinor: returnMinor(stakeMinor, parseMilli(line.currentOdds)), odds: line.currentOdds };
}

/** ",5" and "5." are how people type on the way to an amount. */
export function normaliseStake(text: string): string {
  const dotted = text.trim().replace(",", ".");
  const whole = dotted.startsWith(".") ? `0${dotted}` : dotted;
  return whole.endsWith(".") ? whole.slice(0, -1) : whole.replace(/^0+(?=\d)/, "");
}

/** Under "better" the agreed price travels, so that the server may give a better one; else the one that is shown. */
export function commandOf(line: LineSituation, selectionId: string, stakeMinor: number): PlaceSlip {
  const odds = line.policy === "better" ? line.agreedOdds : (line.currentOdds ?? line.agreedOdds);
  return {
    stake: formatMinor(stakeMinor, line.currency),
    currency: line.currency,
    price_policy: line.policy,
    legs: [{ selection_id: selectionId, odds: formatMilli(parseMilli(odds)) }],
  };
}

export interface Attempt {
  key: string;
  body: string;
}

/** A repeated command keeps its key, so the server answers it once; another command needs another key. */
export function attemptFor(command: PlaceSlip, previous: Attempt | null, newKey: () => string): Attempt {
  const body = JSON.stringify(command);
  return previous?.body === body ? previous : { key: newKey(), body };
}
