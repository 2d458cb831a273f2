import { expect, test } from "vitest";
import { inkOn, luminance } from "./color";

test.each(["#d6453d", "#2f7de1", "#ffffff", "#000000", "#fdb913", "#808080"])("letters on %s can be read", (color) => {
  const [light, dark] = [luminance(color), luminance(inkOn(color))].sort((one, other) => other - one);

  expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThanOrEqual(4.5);
});
