/** Slips and legs in words. */
import type { Slip, SlipLeg } from "$lib/api/types";
import { betTypeName } from "$lib/betting/bet_types";
import { potentialReturn } from "$lib/betting/payout";
import { formatMinor, minorOf } from "$lib/format/money";

export const STATUS_NAMES: Record<string, string> = {
  pending_delay: "Being checked",
  accepted: "Open",
  won: "Won",
  lost: "Lost",
  void: "Void: stake returned",
  partial: "Part returned",
  rejected: "Not accepted",
  cashed_out: "Cashed out",
};

export function statusName(slip: Slip): string {
  if (slip.status === "void" && slip.is_free_bet) return "Void: free bet returned";
  return STATUS_NAMES[slip.status] ?? slip.status;
}

export function slipName(slip: Slip): string {
  const name = betTypeName(slip.bet_type, slip.legs.length);
  const lines = slip.line_count > 1 && !(slip.line_count === 2 && slip.is_each_way) ? `, ${slip.line_count} lines` : "";
  return `${name}${lines}${slip.is_each_way ? ", each way" : ""}${slip.is_free_bet ? ", free bet" : ""}`;
}

export function slipTitle(slip: Slip): string {
  const first = slip.legs[0];
  return slip.legs.length === 1 && first ? `${first.selection_name}, ${first.event_name}` : `${slipName(slip)}, ${slip.legs.length} selections`;
}

/** What the stake that still runs would return: parts that were cashed out return nothing more. */
export function runningReturn(slip: Slip): string {
  const promised = minorOf(slip.potential_win, slip.currency);
  const [stake, running] = [minorOf(slip.stake, slip.currency), minorOf(slip.remaining_stake, slip.currency)];
  if (running === 0 || running === stake) return slip.potential_win;
  const legs = slip.legs.map((leg) => ({ odds: leg.odds, isBanker: leg.is_banker }));
  const left = potentialReturn({ stakeMinor: running, sizes: slip.line_sizes, lineCount: slip.line_count, payoutMinorMax: promised }, legs);
  return formatMinor(left, slip.currency);
}

type Tone = "good" | "bad" | "plain";

/** What became of a leg, halves and dead heats included. Its place counts in an each-way bet alone. */
export function legResult(leg: SlipLeg, isEachWay: boolean): { text: string; tone: Tone } | null {
  if (leg.result === null) return null;
  if (leg.result === "void" || leg.void_halves === 2) return { text: "Void", tone: "plain" };
  if (leg.void_halves === 1) return leg.result === "won" ? { text: "Half won", tone: "good" } : { text: "Half lost", tone: "bad" };
  if (leg.result === "won") return { text: leg.dead_heat ? `Won, dead heat ${leg.dead_heat}` : "Won", tone: "good" };
  return isEachWay && leg.place_result === "won" ? { text: "Placed", tone: "good" } : { text: "Lost", tone: "bad" };
}

/** What else a leg's return depends on. */
export function legNotes(leg: SlipLeg, isEachWay: boolean): string[] {
  const notes: string[] = [];
  if (leg.is_banker) notes.push("Banker");
  if (isEachWay && leg.place_terms) notes.push(`${leg.place_terms.places} places at ${leg.place_terms.fraction} odds`);
  if (leg.deduction_percent > 0) notes.push(`Rule 4: ${leg.deduction_percent}% off the winnings`);
  return notes;
}
