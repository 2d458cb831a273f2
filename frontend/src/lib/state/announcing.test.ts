import { expect, test } from "vitest";
import { announcer } from "./announcer.svelte";
import { startAnnouncing } from "./announcing";
import { hearUserStream } from "./user_stream";

test("what was earned is said once, with the way to all of it", () => {
  startAnnouncing();
  startAnnouncing();
  const achievement = { achievement_type: "first_win", title: "First win", description: "A slip of yours paid more than its stake", achieved_on: "2026-01-01T00:00:00Z" };

  hearUserStream({ kind: "change", change: { seq: 1, type: "achievement.earned", achievement } } as never);

  expect(announcer.items).toMatchObject([{ text: "Earned: First win", detail: achievement.description, link: "/leaderboards", tone: "good" }]);
});
