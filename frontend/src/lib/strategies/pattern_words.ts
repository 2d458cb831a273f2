/** Patterns of one's own slips as lines of a name and a value; what a page does not know is shown under its own name. */
import { spaced } from "./rules_words";
import { showMoney, showSigned } from "$lib/format/money";
import { showAverageOddsAs, type OddsFormat } from "$lib/format/odds";

const TITLES: Record<string, string> = {
  favourite_sports: "Sports",
  favourite_markets: "Markets",
  stake_sizes: "Stakes",
  times_of_day: "Times of day (UTC)",
  average_odds: "Odds",
  win_rate: "Results",
  in_play_share: "In play",
  chasing: "After a loss",
};

/** Said by other lines or by the page. */
const UNSAID = new Set(["currency", "by_hour", "is_likely"]);
const MONEY = new Set(["smallest", "lower_quarter", "upper_quarter", "largest", "staked"]);

export interface Line {
  name: string;
  value: string;
}

export function titleOf(identifier: string): string {
  return TITLES[identifier] ?? capital(spaced(identifier));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const share = (value: number): string => `${Math.round(value * 100)}%`;

function valueOf(name: string, value: unknown, currency: string, format: OddsFormat): string {
  if (value === null || value === undefined) return "–";
  const text = String(value);
  const isDecimalText = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
  if (name === "net" && isDecimalText) return showSigned(text, currency);
  if (isDecimalText && (name === "average" || name === "median")) return currency ? showMoney(text, currency) : showAverageOddsAs(text, format);
  if (currency && isDecimalText && MONEY.has(name)) return showMoney(text, currency);
  if (name === "busiest_hour") return `${text.padStart(2, "0")}:00`;
  if (typeof value === "number" && /(share|rate)$/.test(name)) return share(value);
  return typeof value === "boolean" ? (value ? "yes" : "no") : text;
}

/** Averages without a currency are of prices. */
export function linesOf(description: Record<string, unknown>, format: OddsFormat): Line[] {
  const currency = typeof description.currency === "string" ? description.currency : "";
  return Object.entries(description).flatMap(([name, value]): Line[] => {
    if (UNSAID.has(name)) return [];
    if (name === "favourites" && Array.isArray(value))
      return (value as { name: string; share: number }[]).map((each) => ({ name: each.name === "1x2" ? "Full-time result" : capital(spaced(each.name)), value: share(each.share) }));
    return [{ name: capital(spaced(name)), value: valueOf(name, value, currency, format) }];
  });
}
