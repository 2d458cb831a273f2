/** Where the keyboard goes on when what was pressed goes away or can no longer be pressed. */
import { tick } from "svelte";

/** Gives the keyboard to what follows once the page shows it, unless the person has put it somewhere else meanwhile. */
export async function passFocus(next: () => HTMLElement | null | undefined): Promise<void> {
  await tick();
  const held = document.activeElement;
  if (held === null || held === document.body || held.matches(":disabled")) next()?.focus();
}
