/** A person's own rules about betting: limits with what counts towards each, what keeps them away, how they have fared. */
import type { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { chooseLimit, confirmRaise, excludeSelf, getSaferPlay, takeTimeOut } from "$lib/api/safer_play_routes";
import type { Exclusion, LimitKind, LimitPeriod, OwnLimit, SaferPlay, SelfExclusionLength, TimeOutLength } from "$lib/api/types";
import { minorOf, parseMinor, showMoney } from "$lib/format/money";
import { showMoment } from "$lib/format/time";
import { Task } from "./task.svelte";

export const PERIODS: readonly { id: LimitPeriod; label: string }[] = [
  { id: "day", label: "24 hours" },
  { id: "week", label: "7 days" },
  { id: "month", label: "30 days" },
];

export const TIME_OUTS: readonly { id: TimeOutLength; label: string }[] = [
  { id: "24_hours", label: "24 hours" },
  { id: "7_days", label: "7 days" },
  { id: "30_days", label: "30 days" },
  { id: "6_weeks", label: "6 weeks" },
];

export const SELF_EXCLUSIONS: readonly { id: SelfExclusionLength; label: string }[] = [
  { id: "6_months", label: "6 months" },
  { id: "1_year", label: "1 year" },
  { id: "2_years", label: "2 years" },
  { id: "5_years", label: "5 years" },
];

export class SaferPlayState {
  rules = $state.raw<SaferPlay | null>(null);
  error = $state.raw<unknown>(null);
  readonly #changing = new Task();
  /** One key for each thing that is asked for, until it is known whether it was done: pressing again does it once. */
  #keys = new Map<string, string>();

  constructor(readonly currency: string) {}

  get isBusy(): boolean {
    return this.#changing.isBusy;
  }

  /** What was refused last, in words. */
  get refusal(): string {
    return this.#changing.message;
  }

  forgetRefusal(): void {
    this.#changing.message = "";
  }

  find(kind: LimitKind, period: LimitPeriod): OwnLimit | undefined {
    return this.rules?.limits.find((limit) => limit.kind === kind && limit.period === period);
  }

  async load(): Promise<void> {
    try {
      this.rules = await getSaferPlay(this.currency);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** Less holds at once, more is only asked for; the amount that holds takes that back. Null is no limit. */
  choose(kind: LimitKind, period: LimitPeriod, amount: string | null): Promise<boolean> {
    return this.#changing.run(async () => {
      this.rules = await chooseLimit({ currency: this.currency, kind, period }, amount);
    }, refusalText);
  }

  confirm(kind: LimitKind, period: LimitPeriod): Promise<boolean> {
    return this.#once(`confirm ${kind} ${period}`, (key) => confirmRaise({ currency: this.currency, kind, period }, key));
  }

  takeTimeOut(length: TimeOutLength): Promise<boolean> {
    return this.#once(`time-out ${length}`, (key) => takeTimeOut(length, key));
  }

  excludeSelf(length: SelfExclusionLength): Promise<boolean> {
    return this.#once(`exclusion ${length}`, (key) => excludeSelf(length, key));
  }

  #once(name: string, act: (key: string) => Promise<unknown>): Promise<boolean> {
    const key = this.#keys.get(name) ?? newKey();
    this.#keys.set(name, key);
    return this.#changing.run(async () => {
      await act(key);
      this.#keys.delete(name);
      await this.load();
    }, refusalText);
  }
}

function refusalText(error: ApiError): string {
  const { ends_at: endsAt, confirmable_at: confirmableAt } = error.problem as { ends_at?: string; confirmable_at?: string };
  if (error.code === "exclusion_not_longer" && endsAt) return `What holds now lasts until ${showMoment(endsAt)}. It can only be made longer.`;
  if (error.code === "raise_not_due" && confirmableAt) return `This can be confirmed from ${showMoment(confirmableAt)}.`;
  if (error.code === "not_found") return "No higher limit waits any more. Ask for it again.";
  return error.fieldError("amount") ?? error.message;
}

/** How full a limit is, from 0 to 1: what was won back makes it no emptier than empty. */
export function shareOf(limit: OwnLimit, currency: string): number {
  const most = minorOf(limit.amount, currency);
  const counted = minorOf(limit.counted, currency);
  if (counted < 0) return 0;
  return most === 0 ? 1 : Math.min(1, counted / most);
}

/** What is left of a limit, and from when on more; winnings can leave more of a limit on losses than it is. */
export function leftOf(limit: OwnLimit, currency: string, showWhen: (at: string) => string): string {
  const [left, most] = [showMoney(limit.remaining, currency), showMoney(limit.amount, currency)];
  if (minorOf(limit.remaining, currency) > minorOf(limit.amount, currency)) return `${left} left: the limit of ${most} and what you won`;
  return `${left} of ${most} left${limit.resets_at ? `, more from ${showWhen(limit.resets_at)}` : ""}`;
}

/** What an amount that was typed would do; null where it is no amount. */
export function effectOf(limit: OwnLimit | undefined, amount: string, currency: string): "same" | "at_once" | "after_a_day" | null {
  const wanted = parseMinor(amount.trim(), currency);
  if (wanted === null) return null;
  if (!limit) return "at_once";
  const held = minorOf(limit.amount, currency);
  return wanted === held ? "same" : wanted < held ? "at_once" : "after_a_day";
}

export type RaiseStep = { words: string; canConfirm: boolean };

/** What waits for a limit, in words, and whether its time has come. */
export function raiseStep(limit: OwnLimit, currency: string, now: number): RaiseStep | null {
  const wish = limit.raise_asked;
  if (!wish || now >= Date.parse(wish.lapses_at)) return null;
  const what = wish.amount === null ? "no limit" : showMoney(wish.amount, currency);
  return now < Date.parse(wish.confirmable_at)
    ? { words: `You asked for ${what}. You can confirm it from ${showMoment(wish.confirmable_at)}.`, canConfirm: false }
    : { words: `You asked for ${what}. Confirm it before ${showMoment(wish.lapses_at)}, or keep what you have.`, canConfirm: true };
}

export function exclusionText(exclusion: Exclusion, showDay: (at: string) => string): string {
  return exclusion.kind === "time_out"
    ? `You are taking a time-out until ${showDay(exclusion.ends_at)}. Until then no bet is taken from you.`
    : `You have excluded yourself until ${showDay(exclusion.ends_at)}. Nobody can end that earlier.`;
}
