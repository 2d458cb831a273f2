/** Pools in words. */
export const POOL_STATUS: Record<string, string> = { open: "Open", closed: "Closed: waiting for the result", settled: "Divided", cancelled: "Called off: stakes returned" };
export const TICKET_STATUS: Record<string, string> = { open: "In the pool", won: "Won", lost: "Lost", refunded: "Stake returned" };
