/** Where to go: pages that a side bar names and that a phone, whose bottom bar has no room for them, has in its menus. */
import type { IconName } from "./icons";

export interface Place {
  href: string;
  label: string;
  icon: IconName;
}

export const PLACES: readonly Place[] = [
  { href: "/pools", label: "Pools", icon: "pool" },
  { href: "/strategies", label: "Strategies", icon: "chart" },
  { href: "/leaderboards", label: "Leaderboards", icon: "trophy" },
];
