/** Funds taken out: what can be asked for, what was, and where each stands, kept up by the private stream. */
import type { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { cancelWithdrawal, listWithdrawals, requestWithdrawal } from "$lib/api/routes";
import type { Withdrawal, WithdrawalTerms } from "$lib/api/types";
import { formatMinor, parseMinor, showMoney } from "$lib/format/money";
import { attemptFor, normaliseStake, type Attempt } from "./slip_rules";
import { Task } from "./task.svelte";

const CHECKS: Record<string, string> = { identity: "who you are", age: "how old you are" };

function wordsOf(error: ApiError, currency: string): string {
  const { checks, min_amount: least } = error.problem;
  if (error.code === "compliance_required" && Array.isArray(checks)) return `Before funds can leave, our staff have to check ${checks.map((check) => CHECKS[String(check)] ?? String(check)).join(" and ")}. Nothing has moved.`;
  if (error.code === "insufficient_funds") return "Your balance does not cover this amount.";
  if (error.code === "withdrawal_below_min" && typeof least === "string") return `The smallest amount is ${showMoney(least, currency)}.`;
  if (error.code === "wallet_frozen") return "The wallet is below zero: nothing can leave it until it is not.";
  return error.message;
}

export class WithdrawalsView {
  terms = $state.raw<WithdrawalTerms[]>([]);
  items = $state.raw<Withdrawal[]>([]);
  nextCursor = $state.raw<string | null>(null);
  amount = $state("");
  readonly #changing = new Task();
  #attempt: Attempt | null = null;

  get isBusy(): boolean {
    return this.#changing.isBusy;
  }

  /** What was wrong with the last attempt, in words. */
  get message(): string {
    return this.#changing.message;
  }

  termsOf(currency: string): WithdrawalTerms | undefined {
    return this.terms.find((one) => one.currency === currency);
  }

  async load(): Promise<void> {
    const page = await listWithdrawals();
    this.items = page.items;
    this.nextCursor = page.next_cursor;
  }

  async more(): Promise<void> {
    const page = await listWithdrawals(this.nextCursor);
    const known = new Set(this.items.map((one) => one.id));
    this.items = [...this.items, ...page.items.filter((one) => !known.has(one.id))];
    this.nextCursor = page.next_cursor;
  }

  /** A step of one of them; one that is new stands in front. */
  hear(withdrawal: Withdrawal): void {
    const isKnown = this.items.some((one) => one.id === withdrawal.id);
    this.items = isKnown ? this.items.map((one) => (one.id === withdrawal.id ? withdrawal : one)) : [withdrawal, ...this.items];
  }

  async send(currency: string): Promise<void> {
    const minor = parseMinor(normaliseStake(this.amount), currency);
    if (this.isBusy) return;
    if (!minor) {
      this.#changing.message = "Enter an amount, such as 20.00.";
      return;
    }
    const command = { currency, amount: formatMinor(minor, currency) };
    // After a lost answer the same withdrawal is asked for under the same key.
    this.#attempt = attemptFor(command, this.#attempt, newKey);
    const { key } = this.#attempt;
    const isDone = await this.#try(currency, () => requestWithdrawal(command, key));
    if (!isDone) return;
    this.#attempt = null;
    this.amount = "";
  }

  async cancel(withdrawal: Withdrawal): Promise<void> {
    await this.#try(withdrawal.currency, () => cancelWithdrawal(withdrawal.id));
  }

  #try(currency: string, act: () => Promise<Withdrawal>): Promise<boolean> {
    return this.#changing.run(
      async () => this.hear(await act()),
      (error) => wordsOf(error, currency),
    );
  }
}
