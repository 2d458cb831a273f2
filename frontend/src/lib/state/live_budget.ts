/** Which of the open bets are followed live: a socket hears so many topics, and each event of a leg is one. */
import type { Slip } from "$lib/api/types";

const MOST_EVENTS = 30;

/** The first bets whose open legs lie in at most so many events together. */
export function followedSlips(slips: readonly Slip[], mostEvents = MOST_EVENTS): Set<string> {
  const events = new Set<string>();
  const followed = new Set<string>();
  for (const slip of slips) {
    const wanted = slip.legs.filter((leg) => leg.status === "open" && !events.has(leg.event_id)).map((leg) => leg.event_id);
    if (events.size + new Set(wanted).size > mostEvents) continue;
    for (const eventId of wanted) events.add(eventId);
    followed.add(slip.id);
  }
  return followed;
}
