import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import type { Slip, SlipLeg } from "$lib/api/types";
import Receipt from "./Receipt.svelte";

afterEach(cleanup);

const leg = (name: string, more: Partial<SlipLeg> = {}) => ({ selection_id: name, selection_name: name, event_name: `Race of ${name}`, odds: "3.00", is_banker: false, deduction_percent: 0, place_terms: null, ...more }) as SlipLeg;
const slip = (more: Partial<Slip>) => ({ id: "b1", bet_type: "system", line_count: 3, stake: "3.00", potential_win: "27.00", currency: "PLY", is_each_way: false, is_free_bet: false, ...more }) as Slip;
const paragraphs = () => [...screen.getByRole("status").querySelectorAll("p")].map((one) => one.textContent);

test("the receipt of a system says which leg is the banker", () => {
  render(Receipt, { receipt: slip({ legs: [leg("Ada"), leg("Ben", { is_banker: true }), leg("Cleo"), leg("Dora")] }) });

  expect(paragraphs().slice(1, 9)).toEqual(["Ada3.00", "Race of Ada", "Ben3.00", "Race of Ben", "Banker", "Cleo3.00", "Race of Cleo", "Dora3.00"]);
});

test("that of an each-way bet says which places are paid, and at what", () => {
  render(Receipt, { receipt: slip({ bet_type: "single", line_count: 2, is_each_way: true, legs: [leg("Ada", { place_terms: { places: 3, fraction: "1/5" } })] }) });

  expect(paragraphs().slice(1, 4)).toEqual(["Ada3.00", "Race of Ada", "3 places at 1/5 odds"]);
});
