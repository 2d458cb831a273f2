/** What is worth saying aloud wherever the person is: notifications, which carry results and messages, and what was earned. */
import { announcer } from "./announcer.svelte";
import { showMoney } from "$lib/format/money";
import { router } from "$lib/router/router.svelte";
import { inOddsFormat } from "./odds_format.svelte";
import { onUserChange } from "./user_stream";

let isStarted = false;

export function startAnnouncing(): void {
  if (isStarted) return;
  isStarted = true;
  onUserChange("notification.created", ({ notification }) => {
    if (notification.link && router.path === notification.link && notification.kind === "message_received") return;
    const tone = notification.kind === "slip_settled" && notification.data.status === "won" ? "good" : "plain";
    announcer.say(notification.title, { detail: inOddsFormat(notification.message, notification.data.odds), link: notification.link, tone });
  });
  onUserChange("free_bet.changed", ({ free_bet }) => {
    if (free_bet.status === "available") announcer.say(`A free bet of ${showMoney(free_bet.amount, free_bet.currency)} ${free_bet.currency}`, { detail: free_bet.reason, tone: "good" });
  });
  onUserChange("achievement.earned", ({ achievement }) => announcer.say(`Earned: ${achievement.title}`, { detail: achievement.description, link: "/leaderboards", tone: "good" }));
}
