/**
 * Says after a chosen time how long a person has been here and how they have fared since. The choice is theirs on every
 * device; the time is this device's, shared by its tabs, and begins anew after a pause.
 */
import { ApiError } from "$lib/api/errors";
import { changePreferences, getNetPosition, getPreferences } from "$lib/api/safer_play_routes";
import type { NetPosition, RealityInterval } from "$lib/api/types";
import { MAIN_CURRENCY } from "./session.svelte";

export const INTERVALS: readonly { id: RealityInterval; label: string; minutes: number }[] = [
  { id: "off", label: "Off", minutes: Infinity },
  { id: "15_minutes", label: "15 min", minutes: 15 },
  { id: "30_minutes", label: "30 min", minutes: 30 },
  { id: "60_minutes", label: "60 min", minutes: 60 },
];

const STORE_NAME = "touchline-here-since";
const MINUTE_MS = 60_000;
/** Whoever was away for longer than this has come back. */
const PAUSE_MS = 20 * MINUTE_MS;

interface Stay {
  owner: string;
  since: number;
  toldAt: number;
  seenAt: number;
}

export interface RealityNote {
  minutes: number;
  /** Null where it could not be read. */
  position: NetPosition | null;
}

function readStay(): Stay | null {
  try {
    const stay = JSON.parse(localStorage.getItem(STORE_NAME) ?? "null") as Stay | null;
    return stay && [stay.since, stay.toldAt, stay.seenAt].every(Number.isFinite) ? stay : null;
  } catch {
    return null;
  }
}

/** The stay as it goes on: another person's, or one before a pause, is a new one. */
export function goOn(stay: Stay | null, owner: string, now: number): Stay {
  const isNew = !stay || stay.owner !== owner || now - stay.seenAt > PAUSE_MS || now < stay.since;
  return isNew ? { owner, since: now, toldAt: now, seenAt: now } : { ...stay, seenAt: now };
}

export class RealityCheck {
  interval = $state<RealityInterval>("off");
  note = $state.raw<RealityNote | null>(null);
  /** Unknown until somebody, or nobody, is known to be here. */
  #owner: string | null = null;

  /** Whose stay it is; with nobody it ends. */
  async follow(ownerId: string | undefined): Promise<void> {
    const owner = ownerId ?? "";
    if (owner === this.#owner) return;
    this.#owner = owner;
    this.interval = "off";
    this.note = null;
    if (!owner) {
      localStorage.removeItem(STORE_NAME);
      return;
    }
    try {
      const preferences = await getPreferences();
      if (owner === this.#owner) this.interval = preferences.reality_check;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // it is asked for with the next page
      if (owner === this.#owner) this.#owner = null;
    }
  }

  async choose(interval: RealityInterval): Promise<void> {
    this.interval = (await changePreferences({ reality_check: interval })).reality_check;
  }

  /** Time has passed. */
  async look(now: number): Promise<void> {
    if (!this.#owner) return;
    const stay = goOn(readStay(), this.#owner, now);
    const minutes = INTERVALS.find((each) => each.id === this.interval)?.minutes ?? Infinity;
    const isDue = this.note === null && now - stay.toldAt >= minutes * MINUTE_MS;
    localStorage.setItem(STORE_NAME, JSON.stringify(isDue ? { ...stay, toldAt: now } : stay));
    if (isDue) await this.#tell(stay.since, now);
  }

  dismiss(): void {
    this.note = null;
  }

  async #tell(since: number, now: number): Promise<void> {
    const owner = this.#owner;
    let position: NetPosition | null = null;
    try {
      position = await getNetPosition(new Date(since).toISOString(), MAIN_CURRENCY);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    if (owner === this.#owner) this.note = { minutes: Math.floor((now - since) / MINUTE_MS), position };
  }
}

export const realityCheck = new RealityCheck();

/** "1 h 15 min". */
export function showMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours ? `${hours} h` : "", rest || !hours ? `${rest} min` : ""].filter(Boolean).join(" ");
}
