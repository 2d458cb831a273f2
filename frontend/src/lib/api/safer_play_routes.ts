/** A person's own limits, time-outs and self-exclusion: routes of a page that is fetched when it is first opened. */
import { get, patch, post, put } from "./http";
import type { Exclusion, NetPosition, OwnLimitName, Preferences, SaferPlay, SelfExclusionLength, TimeOutLength } from "./types";

export const getSaferPlay = (currency: string) => get<SaferPlay>("/api/me/safer-play", { currency });
export const chooseLimit = (name: OwnLimitName, amount: string | null) => put<SaferPlay>("/api/me/limits", { ...name, amount });
export const confirmRaise = (name: OwnLimitName, key: string) => post<unknown>("/api/me/limits/confirm", name, key);
export const takeTimeOut = (length: TimeOutLength, key: string) => post<Exclusion>("/api/me/time-outs", { length }, key);
export const excludeSelf = (length: SelfExclusionLength, key: string) => post<Exclusion>("/api/me/self-exclusions", { length }, key);
export const getNetPosition = (since: string, currency: string) => get<NetPosition>("/api/me/net-position", { since, currency });
export const getPreferences = () => get<Preferences>("/api/me/preferences");
export const changePreferences = (changes: Partial<Preferences>) => patch<Preferences>("/api/me/preferences", changes);
