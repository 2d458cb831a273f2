import { describe, expect, test } from "vitest";
import { formatMilli, formatMinor, minorOf, parseMilli, parseMinor, returnMinor, showMoney, showSigned } from "./money";

describe("money", () => {
  test.each([["10", 1000], ["10.5", 1050], ["0.01", 1], ["999999999.99", 99_999_999_999]])("%s is %i minor units", (text, minor) => {
    expect(parseMinor(text, "PLY")).toBe(minor);
  });

  test.each(["", "+1", "1e3", "01", "1.234", "1,5", " 1", "١", "1_000", "-1", "1000000000"])("%j is not an amount", (text) => {
    expect(parseMinor(text, "PLY")).toBeNull();
  });

  test("a yen has no hundredths", () => {
    expect(parseMinor("100", "JPY")).toBe(100);
    expect(parseMinor("100.5", "JPY")).toBeNull();
    expect(formatMinor(1234, "JPY")).toBe("1234");
  });

  test("is written as it came", () => {
    expect(formatMinor(5, "PLY")).toBe("0.05");
    expect(formatMinor(-1050, "PLY")).toBe("-10.50");
    expect(minorOf("-10.5", "PLY")).toBe(-1050);
  });

  test("is shown with groups and a true minus", () => {
    expect(showMoney("1234567.8", "PLY")).toBe("1,234,567.80");
    expect(showMoney("-1000", "GBP")).toBe("−£1,000.00");
    expect(showSigned("24.89", "PLY")).toBe("+24.89");
    expect(showSigned("0.00", "PLY")).toBe("0.00");
  });
});

describe("odds", () => {
  test.each([["1.85", 1850], ["2.00", 2000], ["1.005", 1005], ["150", 150_000]])("%s is %i thousandths", (text, milli) => {
    expect(parseMilli(text)).toBe(milli);
  });

  test("have two decimals, or three where they need them", () => {
    expect(formatMilli(1850)).toBe("1.85");
    expect(formatMilli(1005)).toBe("1.005");
    expect(formatMilli(150_000)).toBe("150.00");
  });

  test("a return is floored once, exactly", () => {
    expect(returnMinor(1000, 2489)).toBe(2489);
    expect(returnMinor(333, 1333)).toBe(443);
    expect(returnMinor(99_999_999_999, 1_000_000)).toBe(99_999_999_999_000);
  });
});
