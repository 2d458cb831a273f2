/** Why a bet was not taken, in words that say what to do next; from an answer's problem or from a delayed slip's rejection. */
import { ApiError } from "$lib/api/errors";
import type { Slip, SlipQuote } from "$lib/api/types";
import { minorOf, showMoney } from "$lib/format/money";
import { showMoment } from "$lib/format/time";
import { showOdds } from "./odds_format.svelte";

export interface CurrentPrice {
  selection_id: string;
  current: string | null;
}

export interface Refusal {
  code: string;
  message: string;
  /** The prices as the server knows them, where they moved. */
  legs: CurrentPrice[];
  /** A stake that would be taken, where that was the matter. */
  maxStake: string | null;
  minStake: string | null;
}

type Fields = Record<string, unknown>;

const STOPS: Record<string, string> = {
  goal: "A goal came first",
  red_card: "A red card came first",
  penalty: "A penalty came first",
  finished: "The match is over",
  settled: "The result is known",
  inactive: "This line is not offered any more",
  no_price: "There is no price right now",
  repricing: "The price is being renewed",
  suspended: "Our traders have suspended it",
  sport_stopped: "Betting on this sport is stopped for now",
  betting_stopped: "All betting is stopped for now",
  stopped_meanwhile: "Betting was stopped while the bet was checked",
};

const CAPS: Record<string, string> = {
  payout: "The return would be above the highest payout",
  liability: "This selection has nearly all the bets it can take",
  limit: "This is above the limit of your account",
  own_limit: "This is above a limit that you set",
  price: "This is above the limit for this price",
};

const TOKENS: Record<string, string> = {
  used: "This free bet stands on another slip already",
  expired: "This free bet has ended",
  withdrawn: "This free bet was taken back",
};

const WINDOWS: Record<string, string> = { day: "24 hours", week: "7 days", month: "30 days" };

function ownLimitReached(fields: Fields, currency: string): string {
  const [limit, remaining, resetsAt] = [textOf(fields, "limit"), textOf(fields, "remaining"), textOf(fields, "resets_at")];
  const what = fields.kind === "loss" ? "to lose" : "to stake";
  const first = limit ? `You set a limit of ${showMoney(limit, currency)} ${what} within ${WINDOWS[String(fields.period)] ?? "some time"}.` : "You set a limit below this.";
  const left = remaining && minorOf(remaining, currency) > 0 ? ` ${showMoney(remaining, currency)} is left of it.` : " Nothing is left of it.";
  return `${first}${left}${resetsAt ? ` More from ${showMoment(resetsAt)}.` : ""}`;
}

function keptAway(what: string, fields: Fields): string {
  const endsAt = textOf(fields, "ends_at");
  return `${what}${endsAt ? ` until ${showMoment(endsAt)}` : ""}. No bet is taken from you.`;
}

function currentPrices(fields: Fields): CurrentPrice[] {
  return Array.isArray(fields.legs) ? (fields.legs as CurrentPrice[]).filter((leg) => typeof leg.selection_id === "string") : [];
}

function textOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function positive(fields: Fields, name: string, currency: string): string | null {
  const amount = textOf(fields, name);
  return amount !== null && minorOf(amount, currency) > 0 ? amount : null;
}

function oddsChanged(legs: readonly CurrentPrice[]): string {
  const [first, second] = legs;
  if (!first || second) return "Prices moved. Nothing was placed: look at the new ones.";
  return first.current ? `The price is now ${showOdds(first.current)}. Nothing was placed.` : "The price is gone. Nothing was placed.";
}

function wordsOf(code: string, fields: Fields, currency: string, otherwise: string): string {
  const reason = textOf(fields, "reason") ?? "";
  const most = textOf(fields, "max_stake");
  const least = textOf(fields, "min_stake");
  switch (code) {
    case "odds_changed":
      return oddsChanged(currentPrices(fields));
    case "insufficient_funds":
      return "Your balance does not cover this stake. Lower it, or add funds in the wallet.";
    case "market_suspended":
      return `${STOPS[reason] ?? "Betting stopped before the bet arrived"}. Nothing was placed: try again when it is open.`;
    case "event_started":
      return "The match has started and these were the prices before it. Take an in-play price.";
    case "feed_stale":
      return "No news from the match for a moment, so no price is safe. Try again shortly.";
    case "related_legs":
      return "Two of these selections depend on each other. Bet them as singles, or remove one.";
    case "stake_above_max":
      if (most && minorOf(most, currency) === 0) return reason === "limit" ? "No bets are taken from your account." : `${CAPS[reason] ?? "No more bets are taken on this"}. Nothing can be staked now.`;
      return `${CAPS[reason] ?? "The stake is too high"}.${most ? ` At most ${showMoney(most, currency)} can be staked.` : ""}`;
    case "stake_below_min":
      return least ? `The smallest stake is ${showMoney(least, currency)}.` : "The stake is too low.";
    case "limit_exceeded":
      return ownLimitReached(fields, currency);
    case "timed_out":
      return keptAway("You are taking a time-out", fields);
    case "self_excluded":
      return keptAway("You have excluded yourself", fields);
    case "free_bet_unavailable":
      return `${TOKENS[reason] ?? "This free bet cannot be used"}. Take it off, or choose another.`;
    case "not_authenticated":
      return "You were logged out. Log in to place this bet.";
    case "unreachable":
    case "temporarily_unavailable":
      return "No answer came back. Try again: it will not be placed twice.";
    default:
      return otherwise;
  }
}

export function refusalFrom(code: string, fields: Fields, currency: string, otherwise: string): Refusal {
  return {
    code,
    message: wordsOf(code, fields, currency, otherwise),
    legs: currentPrices(fields),
    maxStake: textOf(fields, "max_stake") ?? (code === "limit_exceeded" ? positive(fields, "remaining", currency) : null),
    minStake: textOf(fields, "min_stake"),
  };
}

export function refusalOf(error: ApiError, currency: string): Refusal {
  return refusalFrom(error.code, error.problem, currency, error.message);
}

type Rejection = NonNullable<SlipQuote["rejection"]>;

/** What the slip shows by itself, from the same prices and matches, needs no second word from the server. */
const SHOWN_ALREADY = new Set(["odds_changed", "related_legs"]);

/** Why a bet would not be taken, said before anybody tried. */
export function objectionOf(rejection: Rejection, currency: string): Refusal | null {
  if (SHOWN_ALREADY.has(rejection.code)) return null;
  const refusal = refusalFrom(rejection.code, rejection.detail, currency, "This bet would not be taken as it is.");
  if (rejection.code !== "market_suspended") return refusal;
  return { ...refusal, message: `${STOPS[textOf(rejection.detail, "reason") ?? ""] ?? "Betting is stopped"}. The bet can be placed when it is open again.` };
}

/** What a delayed slip died of. */
export function rejectionOf(slip: Slip): Refusal {
  return refusalFrom(slip.rejection?.code ?? "", slip.rejection?.detail ?? {}, slip.currency, "The bet was not accepted. Your stake is back.");
}
