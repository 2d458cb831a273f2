/** What may happen to a bet whose price moved on the way. */
import type { PricePolicy } from "$lib/api/types";

export const POLICIES: { value: PricePolicy; label: string; hint: string }[] = [
  { value: "none", label: "Ask", hint: "Ask me before taking any other price" },
  { value: "better", label: "Better", hint: "Take the same or a better price" },
  { value: "any", label: "Any", hint: "Take whatever the price is" },
];
