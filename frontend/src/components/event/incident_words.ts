/** Incidents in words. */
import type { EventRow, Incident } from "$lib/api/types";

const WORDS: Record<string, string> = {
  kick_off: "Kick-off",
  goal: "Goal",
  yellow_card: "Yellow card",
  red_card: "Red card",
  penalty_missed: "Penalty missed",
  half_time: "Half time",
  second_half: "Second half",
  full_time: "Full time",
};

export function minuteOf(incident: Incident): string {
  return incident.added > 0 ? `${incident.minute}+${incident.added}′` : `${incident.minute}′`;
}

export function wordOf(incident: Incident): string {
  return WORDS[incident.type] ?? incident.type.replaceAll("_", " ");
}

export function teamOf(incident: Incident, row: EventRow): string {
  if (incident.side === "home") return row.home?.name ?? "";
  return incident.side === "away" ? (row.away?.name ?? "") : "";
}
