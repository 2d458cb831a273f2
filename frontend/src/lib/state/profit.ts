/** What the shown settled bets came to, exactly. */
import type { Slip } from "$lib/api/types";
import { formatMinor, minorOf } from "$lib/format/money";

export function profitOf(slips: readonly Slip[]): string {
  const currency = slips[0]?.currency ?? "PLY";
  const total = slips
    .filter((slip) => slip.currency === currency)
    .reduce((sum, slip) => sum + minorOf(slip.payout ?? "0", currency) - minorOf(slip.stake, currency), 0);
  return formatMinor(total, currency);
}
