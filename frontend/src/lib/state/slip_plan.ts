/** What the one button of the slip does next, and what it says; it states the outcome, not the gesture. */
import { formatMinor } from "$lib/format/money";
import type { SlipLine } from "./slip.svelte";

export interface Plan {
  kind: "place" | "retry" | "accept" | "wait" | "done";
  label: string;
  lines: SlipLine[];
  isBusy: boolean;
}

const wait = (label: string, isBusy = false): Plan => ({ kind: "wait", label, lines: [], isBusy });

function blocking(lines: SlipLine[]): Plan | null {
  for (const line of lines) {
    const assessment = line.assessment;
    if (assessment.kind === "closed") return wait(lines.length > 1 ? "Remove the suspended selection" : assessment.message);
    if (assessment.kind === "bad_stake" || assessment.kind === "short") return wait(lines.length > 1 ? "Check the stakes" : assessment.message);
    if (assessment.kind === "needs_stake") return wait("Enter a stake");
  }
  return null;
}

export function planOf(all: readonly SlipLine[], isLocked: boolean): Plan {
  const lines = all.filter((line) => line.phase !== "placed");
  if (lines.length === 0) return { kind: "done", label: "Done", lines: [], isBusy: false };
  if (lines.some((line) => line.phase === "placing")) return wait("Placing…", true);
  if (isLocked) return wait("Offline: your slip is kept");
  const uncertain = lines.filter((line) => line.phase === "uncertain");
  if (uncertain.length > 0) return { kind: "retry", label: "Try again", lines: uncertain, isBusy: false };
  const changed = lines.filter((line) => line.assessment.kind === "changed");
  if (changed.length > 0) {
    const first = changed[0]!.assessment;
    const label = changed.length === 1 && first.kind === "changed" ? `Accept ${first.to}` : `Accept ${changed.length} new prices`;
    return { kind: "accept", label, lines: changed, isBusy: false };
  }
  return blocking(lines) ?? placing(lines);
}

function placing(lines: SlipLine[]): Plan {
  let stake = 0;
  let back = 0;
  for (const line of lines) {
    const assessment = line.assessment;
    if (assessment.kind !== "ready") continue;
    stake += assessment.stakeMinor;
    back += assessment.returnMinor;
  }
  const currency = lines[0]!.situation.currency;
  const bets = lines.length === 1 ? "" : `${lines.length} bets, `;
  const label = `Place ${bets}${formatMinor(stake, currency)} to return ${formatMinor(back, currency)}`;
  return { kind: "place", label, lines, isBusy: false };
}
