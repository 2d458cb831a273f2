import { prices } from "./prices.svelte";

/** What an effect hears that is the first to ask for a price, and how to end it. */
export function followOdds(selectionId: string): [(string | null)[], () => void] {
  const heard: (string | null)[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      heard.push(prices.of(selectionId).odds);
    });
  });
  return [heard, stop];
}
