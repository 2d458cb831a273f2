/** How long to wait before the next attempt: doubling, capped, and jittered so that a restart is not met by everyone at once. */
export const FIRST_DELAY_MS = 400;
export const LONGEST_DELAY_MS = 15_000;

export function reconnectDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

export const CloseCode = {
  protocolAbuse: 4400,
  sessionEnded: 4401,
  forbidden: 4403,
  unknownEndpoint: 4404,
  tooSlow: 4408,
  crowded: 4409,
  tooLarge: 4413,
  selfExcluded: 4423,
  flood: 4429,
  draining: 4503,
  /** What a connection that broke without a word is said to have closed with. */
  lost: 1006,
} as const;

/** Close codes after which another attempt would meet the same answer. */
const FINAL_CODES = new Set<number>([CloseCode.protocolAbuse, CloseCode.forbidden, CloseCode.unknownEndpoint, CloseCode.selfExcluded]);

export function mayReconnect(code: number): boolean {
  return !FINAL_CODES.has(code);
}

/** The waits that the protocol asks for, where the `bye` that carries one was lost on the way. */
const LEAST_WAITS_MS: Record<number, number> = {
  [CloseCode.crowded]: 5_000,
  [CloseCode.flood]: 5_000,
  [CloseCode.draining]: 500,
};

export function leastWaitMs(code: number): number {
  return LEAST_WAITS_MS[code] ?? 0;
}
