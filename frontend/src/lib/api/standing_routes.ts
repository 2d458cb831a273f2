/** Leaderboards and achievements: routes of a page that is fetched when it is first opened. */
import { get } from "./http";
import type { Achievement, Leaderboard } from "./types";

export type Board = Leaderboard["by"];
export type Period = Leaderboard["period"];

export const getLeaderboard = (by: Board, period: Period) => get<Leaderboard>("/api/leaderboards", { by, period });
export const getAchievements = () => get<Achievement[]>("/api/me/achievements");
