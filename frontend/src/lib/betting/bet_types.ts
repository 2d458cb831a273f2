/** The bet types: what lines each has, how many that makes, and which may be made of the legs on the slip. */
import type { Slip } from "$lib/api/types";

export type BetType = Slip["bet_type"];

export const LEGS_MAX = 20;
export const LINES_MAX = 20_000;

interface Cover {
  name: string;
  legs: number;
  smallest: number;
}

/** Full cover: every line of `smallest` legs and more. */
const COVERS: Partial<Record<BetType, Cover>> = {
  trixie: { name: "Trixie", legs: 3, smallest: 2 },
  patent: { name: "Patent", legs: 3, smallest: 1 },
  yankee: { name: "Yankee", legs: 4, smallest: 2 },
  lucky15: { name: "Lucky 15", legs: 4, smallest: 1 },
  super_yankee: { name: "Super Yankee", legs: 5, smallest: 2 },
  lucky31: { name: "Lucky 31", legs: 5, smallest: 1 },
  heinz: { name: "Heinz", legs: 6, smallest: 2 },
  lucky63: { name: "Lucky 63", legs: 6, smallest: 1 },
  super_heinz: { name: "Super Heinz", legs: 7, smallest: 2 },
  goliath: { name: "Goliath", legs: 8, smallest: 2 },
};

const SIZE_NAMES = ["", "Single", "Double", "Treble"];

/** "Double", "Treble", "4-fold" for a line of so many legs. */
export function sizeName(size: number): string {
  return SIZE_NAMES[size] ?? `${size}-fold`;
}

export function betTypeName(type: BetType, legs: number): string {
  if (type === "single") return "Single";
  if (type === "accumulator") return legs <= 3 ? sizeName(legs) : `${sizeName(legs)} accumulator`;
  return COVERS[type]?.name ?? "System";
}

/** The full-cover bets of exactly so many legs. */
export function coversOf(legs: number): BetType[] {
  return (Object.keys(COVERS) as BetType[]).filter((type) => COVERS[type]!.legs === legs);
}

export function choose(from: number, size: number): number {
  let ways = 1;
  for (let taken = 0; taken < size; taken++) ways = (ways * (from - taken)) / (taken + 1);
  return Math.round(ways);
}

/** The sizes of the lines of a bet; those of a system are the person's own. */
export function sizesOf(type: BetType, legs: number, chosen: readonly number[] = []): number[] {
  if (type === "single") return [1];
  if (type === "accumulator") return [legs];
  const cover = COVERS[type];
  if (!cover) return [...chosen].sort((one, other) => one - other);
  return Array.from({ length: cover.legs - cover.smallest + 1 }, (_, index) => cover.smallest + index);
}

/** How many lines these sizes make of the legs beside the bankers; an each-way bet has each of them twice. */
export function countLines(freeLegs: number, sizes: readonly number[], isEachWay = false): number {
  return sizes.reduce((sum, size) => sum + choose(freeLegs, size), 0) * (isEachWay ? 2 : 1);
}

/** The sizes a system of so many legs beside the bankers can have. */
export function systemSizes(freeLegs: number): number[] {
  return Array.from({ length: freeLegs }, (_, index) => index + 1);
}
