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
  first_serve: "First serve",
  game: "Game",
  medical_timeout: "Medical timeout",
  tip_off: "Tip-off",
  period_end: "End of the period",
  period_start: "Next period",
  retirement: "Retired",
  walkover: "Walkover",
  review: "Review",
  off: "They are off",
  withdrawal: "Withdrawn",
  finish: "Finish",
  interruption: "Interrupted",
  resumption: "Play goes on",
  abandonment: "Abandoned",
};

export function minuteOf(incident: Incident): string {
  return incident.added > 0 ? `${incident.minute}+${incident.added}′` : `${incident.minute}′`;
}

const BASKETS = ["", "Free throw", "Two points", "Three points"];

export function wordOf(incident: Incident): string {
  if (incident.type === "basket") return BASKETS[incident.number] ?? "Basket";
  return WORDS[incident.type] ?? incident.type.replaceAll("_", " ");
}

/** How a race ended, the first of it by name: on the wire runners are their numbers. */
export function placesOf(incident: Incident, row: EventRow): string {
  return incident.score.replace(/\bp(\d+)\b/g, (outcome, number) => row.participants.find((runner) => runner.number === Number(number))?.name ?? outcome);
}

/** Whose incident it is: a side's, or the runner's who was withdrawn. */
export function teamOf(incident: Incident, row: EventRow): string {
  if (incident.type === "withdrawal") return row.participants.find((runner) => runner.number === incident.number)?.name ?? "";
  if (incident.side === "home") return row.home?.name ?? "";
  return incident.side === "away" ? (row.away?.name ?? "") : "";
}
