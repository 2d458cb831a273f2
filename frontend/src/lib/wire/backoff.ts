/** How long to wait before the next attempt: doubling, capped, and jittered so that a restart is not met by everyone at once. */
export const FIRST_DELAY_MS = 400;
export const LONGEST_DELAY_MS = 15_000;

export function reconnectDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

/** Close codes after which another attempt would meet the same answer. */
const FINAL_CODES = new Set([4400, 4403, 4404, 4423]);

export function mayReconnect(code: number): boolean {
  return !FINAL_CODES.has(code);
}
