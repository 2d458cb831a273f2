/** In which of the usual ways prices are written; kept on this device. Prices themselves stay what the wire says. */
import { ODDS_FORMATS, showAverageOddsAs, showOddsAs, type OddsFormat } from "$lib/format/odds";

const STORE_NAME = "touchline.odds";

function stored(): OddsFormat {
  try {
    const value = localStorage.getItem(STORE_NAME) as OddsFormat | null;
    return value !== null && ODDS_FORMATS.includes(value) ? value : "decimal";
  } catch {
    return "decimal"; // storage is switched off
  }
}

class OddsFormatChoice {
  format = $state<OddsFormat>(stored());

  choose(format: OddsFormat): void {
    this.format = format;
    try {
      localStorage.setItem(STORE_NAME, format);
    } catch {
      // storage is switched off: the choice lasts as long as the page
    }
  }
}

export const oddsFormat = new OddsFormatChoice();

/** A sentence of the server's that names this price in decimals, with the price as this reader wants it. */
export function inOddsFormat(text: string, odds: unknown): string {
  if (oddsFormat.format === "decimal" || typeof odds !== "string" || !/^\d+\.\d+$/.test(odds)) return text;
  return text.replace(new RegExp(`(?<![\\d.,])${odds.replace(".", "\\.")}(?![\\d.]*\\d)`, "g"), () => showOdds(odds));
}

/** A price as this reader wants it, from the decimal text of the wire. */
export function showOdds(odds: string): string {
  return showOddsAs(odds, oddsFormat.format);
}

/** A mean of prices as this reader wants it. */
export function showAverageOdds(odds: string): string {
  return showAverageOddsAs(odds, oddsFormat.format);
}
