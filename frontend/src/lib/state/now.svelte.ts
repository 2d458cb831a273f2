/** The server's time as a value that views may depend on; it moves every few seconds, enough for "4 min ago". */
import { live } from "./live.svelte";

const STEP_MS = 5_000;

class Now {
  value = $state(Date.now());

  start(): void {
    setInterval(() => (this.value = Date.now() + live.clockOffsetMs), STEP_MS);
  }
}

export const now = new Now();
