import { expect, test } from "vitest";
import { parseRulesText, pathWords } from "./rules_text";

test("broken JSON is said with its line where the engine tells", () => {
  expect(parseRulesText('{"version": 1}')).toEqual({ kind: "fine", document: { version: 1 } });
  expect(parseRulesText('{\n  "version": 1,\n  nope\n}')).toMatchObject({ kind: "broken" });
});

test("a pointer becomes a path that a person finds", () => {
  expect(pathWords("/body/command/rules/when/of/0/value")).toBe("when › of [1] › value");
});
