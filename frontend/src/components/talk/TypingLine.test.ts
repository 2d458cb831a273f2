import { render, screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import TypingLine from "./TypingLine.svelte";

const person = (name: string) => ({ id: name, username: name.toLowerCase(), display_name: name });

test.each([
  [[], ""],
  [["Ben"], "Ben is typing"],
  [["Ben", "Cleo"], "Ben and Cleo are typing"],
  [["Ben", "Cleo", "Mo"], "Several people are typing"],
])("%j reads %j", (names, words) => {
  render(TypingLine, { people: names.map(person) });

  expect(screen.getByRole("status").textContent?.trim()).toBe(words);
});
