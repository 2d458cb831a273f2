import { expect, test } from "vitest";
import { showMilliseconds } from "./time";

test("short spans are whole milliseconds, longer ones tenths of seconds", () => {
  expect([0, 0.4, 12.6, 999.4, 999.5, 1_250].map(showMilliseconds)).toEqual(["0 ms", "0 ms", "13 ms", "999 ms", "1.0 s", "1.3 s"]);
});
