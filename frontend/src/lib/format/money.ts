/**
 * Money and odds arrive as decimal strings and stay exact: arithmetic is done on integers (minor units, thousandths),
 * never on floats.
 */
const EXPONENTS: Record<string, number> = { GBP: 2, EUR: 2, USD: 2, PLY: 2, CRD: 2, JPY: 0 };
const SYMBOLS: Record<string, string> = { GBP: "£", EUR: "€", USD: "$", JPY: "¥" };
export const CURRENCY_NAMES: Record<string, string> = { PLY: "Practice funds", CRD: "Credits", GBP: "Pounds", EUR: "Euro", USD: "Dollars", JPY: "Yen" };

export function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** What a stake may look like on the wire; anything else is refused before it is sent. */
const MONEY_PATTERN = /^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$/;
const SIGNED_PATTERN = /^(-?)(\d{1,15})(?:\.(\d{1,2}))?$/;

export function parseMinor(text: string, currency: string): number | null {
  const exponent = exponentOf(currency);
  if (!MONEY_PATTERN.test(text)) return null;
  const [whole = "", fraction = ""] = text.split(".");
  if (fraction.length > exponent) return null;
  return Number(whole + fraction.padEnd(exponent, "0"));
}

export function minorOf(text: string, currency: string): number {
  const exponent = exponentOf(currency);
  const match = SIGNED_PATTERN.exec(text);
  if (!match) throw new Error(`not an amount: ${text}`);
  const digits = match[2] + (match[3] ?? "").padEnd(exponent, "0").slice(0, exponent);
  return Number(digits) * (match[1] ? -1 : 1);
}

export function formatMinor(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const sign = minor < 0 ? "-" : "";
  return exponent === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-exponent)}`;
}

/** "1250.5" -> "1,250.50", with the currency's sign where it has one. */
export function showMoney(text: string, currency: string): string {
  const plain = formatMinor(minorOf(text, currency), currency);
  const [whole = "", fraction] = plain.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = plain.startsWith("-") ? "−" : "";
  return `${sign}${SYMBOLS[currency] ?? ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

export function showSigned(text: string, currency: string): string {
  const shown = showMoney(text, currency);
  return minorOf(text, currency) > 0 ? `+${shown}` : shown;
}

export function parseMilli(odds: string): number {
  const [whole = "0", fraction = ""] = odds.split(".");
  return Number(whole) * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
}

export function formatMilli(milli: number): string {
  const fraction = String(milli % 1000).padStart(3, "0");
  return `${Math.floor(milli / 1000)}.${fraction.endsWith("0") ? fraction.slice(0, 2) : fraction}`;
}

/** Stake times price, floored once to the minor unit, as the server does. */
export function returnMinor(stakeMinor: number, oddsMilli: number): number {
  return Number((BigInt(stakeMinor) * BigInt(oddsMilli)) / 1000n);
}
