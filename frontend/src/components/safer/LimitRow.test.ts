import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { press } from "$lib/press.test-helper";
import { now } from "$lib/state/now.svelte";
import { SaferPlayState } from "$lib/state/safer_play.svelte";
import LimitRow from "./LimitRow.svelte";

const HELD = { kind: "stake", period: "day", amount: "20.00", counted: "0.00", remaining: "20.00", resets_at: null, raise_asked: null };
const moment = (milliseconds: number) => new Date(now.value + milliseconds).toISOString();
const RULES = { limits: [{ ...HELD, raise_asked: { amount: "50.00", confirmable_at: moment(-1_000), lapses_at: moment(60_000) } }] };
let safer: SaferPlayState;
let answers: ((reply: Response) => void)[];

beforeEach(() => {
  answers = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => answers.push(resolve)));
  safer = new SaferPlayState("PLY");
  safer.rules = RULES as unknown as SaferPlayState["rules"];
  render(LimitRow, { safer, kind: "stake", period: "day", label: "24 hours" });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function answer(reply: object, status = 200): Promise<void> {
  await vi.waitFor(() => expect(answers.length).toBe(1));
  answers.pop()!(new Response(JSON.stringify(reply), { status }));
}

const focused = () => document.activeElement?.getAttribute("aria-label");

test("the keyboard goes from Keep to the button of the limit that is kept", async () => {
  const button = press("Keep 20.00");
  await vi.waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect(document.activeElement).toBe(button);

  await answer({ limits: [HELD] });
  await vi.waitFor(() => expect(focused()).toBe("Change: Stakes within 24 hours"));
  expect(screen.queryByRole("button", { name: "Keep 20.00" })).toBeNull();
});

test("it goes from Confirm to the button of the limit that holds now", async () => {
  press("Confirm");
  await answer({});
  await answer({ limits: [{ ...HELD, amount: "50.00", remaining: "50.00" }] });

  await vi.waitFor(() => expect(focused()).toBe("Change: Stakes within 24 hours"));
});

test("where the form is open it goes into the field, and a refusal leaves it where it is", async () => {
  press("Change: Stakes within 24 hours");
  await screen.findByRole("textbox");
  const button = press("Confirm");
  await answer({ title: "No", status: 409, code: "raise_not_due", confirmable_at: moment(60_000) }, 409);
  await screen.findByRole("alert");
  expect(document.activeElement).toBe(button);

  press("Keep 20.00");
  await answer({ limits: [HELD] });
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox")));
});
