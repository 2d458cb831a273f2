import { describe, expect, test } from "vitest";
import { showMilli, showOddsAs } from "./odds";

describe("fractional", () => {
  test.each([
    [2000, "Evens"], [3000, "2/1"], [1500, "1/2"], [2500, "6/4"], [1660, "4/6"], [1670, "4/6"], [1900, "10/11"], [1910, "10/11"], [2620, "13/8"], [2630, "13/8"], [2625, "13/8"],
    [1250, "1/4"], [1360, "4/11"], [1610, "8/13"], [4333, "3333/1000"], [4330, "10/3"], [11_000, "10/1"], [501_000, "500/1"], [1010, "1/100"],
  ] as [number, string][])("%i thousandths read %s", (milli, text) => {
    expect(showMilli(milli, "fractional")).toBe(text);
  });

  test("a rung between the usual fractions is written exactly", () => {
    expect(showMilli(2580, "fractional")).toBe("79/50");
    expect(showMilli(1850, "fractional")).toBe("17/20");
  });

  test("never reads as a price a hundredth away", () => {
    for (let milli = 1010; milli < 60_000; milli += 10) {
      const text = showMilli(milli, "fractional");
      const [up = 1, down = 1] = text === "Evens" ? [1, 1] : text.split("/").map(Number);
      expect(Math.abs(1000 + (1000 * up) / down - milli)).toBeLessThan(10);
    }
  });
});

describe("american", () => {
  test.each([[2000, "+100"], [2620, "+162"], [1500, "−200"], [1850, "−118"], [1010, "−10000"], [1995, "−101"], [11_000, "+1000"]] as [number, string][])("%i thousandths read %s", (milli, text) => {
    expect(showMilli(milli, "american")).toBe(text);
  });
});

describe("implied %", () => {
  test.each([[2000, "50.0%"], [4000, "25.0%"], [1010, "99.0%"], [3000, "33.3%"], [1500, "66.7%"], [500_000, "0.2%"]] as [number, string][])("%i thousandths read %s", (milli, text) => {
    expect(showMilli(milli, "percent")).toBe(text);
  });
});

test("decimal stays as the wire has it", () => {
  expect(showOddsAs("2.5", "decimal")).toBe("2.50");
  expect(showOddsAs("1.005", "decimal")).toBe("1.005");
});
