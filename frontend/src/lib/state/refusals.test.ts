import { expect, test } from "vitest";
import { refusalFrom } from "./refusals";

test.each([
  ["50.00", "limit", "This is above the limit of your account. At most 50.00 can be staked."],
  ["0.00", "limit", "No bets are taken from your account."],
  ["0.00", "liability", "This selection has nearly all the bets it can take. Nothing can be staked now."],
])("a stake above %s for %s says what can be staked", (most, reason, message) => {
  expect(refusalFrom("stake_above_max", { max_stake: most, reason }, "PLY", "").message).toBe(message);
});
