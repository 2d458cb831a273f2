/** What settled bets came to, exactly: returns and cash-outs less what was staked of one's own. */
import type { Slip } from "$lib/api/types";
import { formatMinor, minorOf } from "$lib/format/money";

export function profitOf(slips: readonly Slip[]): string {
  const currency = slips[0]?.currency ?? "PLY";
  const total = slips.filter((slip) => slip.currency === currency).reduce((sum, slip) => sum + profitMinor(slip), 0);
  return formatMinor(total, currency);
}

function profitMinor(slip: Slip): number {
  const own = slip.is_free_bet ? 0 : minorOf(slip.stake, slip.currency);
  return minorOf(slip.payout ?? "0", slip.currency) + minorOf(slip.cashed_out, slip.currency) - own;
}
