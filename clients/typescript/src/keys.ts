/** Idempotency keys: whatever is sent twice under one key is done once. */

interface RandomSource {
  randomUUID?: () => string;
  getRandomValues?: (bytes: Uint8Array) => Uint8Array;
}

/** A key that nobody else has. */
export function newKey(): string {
  // randomUUID exists only in secure contexts; a plain http address on the local network is not one, and some runtimes have none.
  const source = (globalThis as { crypto?: RandomSource }).crypto;
  if (source?.randomUUID) return source.randomUUID();
  const bytes = new Uint8Array(16);
  if (source?.getRandomValues) source.getRandomValues(bytes);
  else for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(Math.random() * 256);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
