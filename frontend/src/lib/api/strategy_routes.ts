/** Strategies, suggested slips and patterns: routes of pages that are fetched when they are first opened. */
import { get, patch, post, put, remove } from "./http";
import type { Evaluation, EvaluationDetail, Language, Page, Paper, PaperBet, Patterns, Ratings, Review, Strategy, StrategyRow, StrategyRules, Suggest, Suggestion } from "./types";

const part = encodeURIComponent;

export type StrategySort = "newest" | "return" | "closing_line" | "rating";
export type StrategyScope = "public" | "mine";

export interface StrategyDraft {
  name: string;
  description: string;
  visibility: Strategy["visibility"];
  rules: StrategyRules;
}

export const listStrategies = (scope: StrategyScope, sort: StrategySort, cursor?: string | null) => get<Page<StrategyRow>>("/api/strategies", { scope, sort, cursor });
export const getStrategy = (id: string) => get<Strategy>(`/api/strategies/${part(id)}`);
export const getLanguage = () => get<Language>("/api/strategies/language");
export const checkRules = (rules: unknown) => post<{ rules: StrategyRules; sha256: string }>("/api/strategies/check", { rules });
export const createStrategy = (draft: StrategyDraft, key: string) => post<Strategy>("/api/strategies", draft, key);
export const changeStrategy = (id: string, change: Partial<Omit<StrategyDraft, "rules">>) => patch<Strategy>(`/api/strategies/${part(id)}`, change);
export const addVersion = (id: string, rules: StrategyRules, key: string) => post<unknown>(`/api/strategies/${part(id)}/versions`, { rules }, key);
export const archiveStrategy = (id: string) => remove(`/api/strategies/${part(id)}`);
export const listEvaluations = (id: string, cursor?: string | null) => get<Page<Evaluation>>(`/api/strategies/${part(id)}/evaluations`, { cursor });
export const getEvaluation = (id: string, evaluationId: string) => get<EvaluationDetail>(`/api/strategies/${part(id)}/evaluations/${part(evaluationId)}`);
export const evaluate = (id: string, kind: "recorded" | "seasons", days: { first_day: string | null; last_day: string | null }, key: string) =>
  post<Evaluation>(`/api/strategies/${part(id)}/evaluations`, { kind, ...days }, key);
export const getPaper = (id: string) => get<Paper>(`/api/strategies/${part(id)}/paper`);
export const switchPaper = (id: string, isOn: boolean) => put<Paper>(`/api/strategies/${part(id)}/paper`, { is_on: isOn });
export const listPaperBets = (id: string, cursor?: string | null) => get<Page<PaperBet>>(`/api/strategies/${part(id)}/paper/bets`, { cursor });

export const listRatings = (strategyId: string, cursor?: string | null) => get<Ratings>("/api/ratings", { strategy_id: strategyId, cursor });
export const rate = (strategyId: string, rating: number, review: string, key: string) => post<Review>("/api/ratings", { strategy_id: strategyId, rating, review }, key);

export const suggestSlip = (wishes: Suggest, key: string) => post<Suggestion>("/api/suggestions", wishes, key);
export const answerSuggestion = (id: string, feedback: "accepted" | "ignored", slipId: string | null) => patch<Suggestion>(`/api/suggestions/${part(id)}`, { feedback, slip_id: slipId });
export const getPatterns = () => get<Patterns>("/api/me/patterns");
