/** The sports by name, and what stands above and beside their prices in lists. */
import type { Sport } from "./matches.svelte";

export const SPORTS: { id: Sport; label: string; title: string }[] = [
  { id: "football", label: "Football", title: "Live football" },
  { id: "tennis", label: "Tennis", title: "Live tennis" },
  { id: "basketball", label: "Basketball", title: "Live basketball" },
  { id: "outright", label: "Outrights", title: "Outright events" },
];

/** The market that stands in lists. */
export const LIST_MARKETS: Record<Sport, string> = { football: "Full-time result", tennis: "Match winner", basketball: "Winner", outright: "Winner" };

/** The columns above its prices; a field of runners has none. */
export const LIST_COLUMNS: Record<Sport, string[]> = { football: ["1", "X", "2"], tennis: ["1", "2"], basketball: ["1", "2"], outright: [] };
