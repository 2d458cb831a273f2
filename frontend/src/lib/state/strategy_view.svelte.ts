/** One strategy with its evaluations and its paper run; progress of an evaluation comes on the person's stream. */
import { isNotFound, newKey } from "$lib/api/http";
import { changeStrategy, evaluate, getEvaluation, getPaper, getStrategy, listEvaluations, listPaperBets, switchPaper } from "$lib/api/strategy_routes";
import type { Evaluation, EvaluationDetail, Paper, PaperBet, Strategy } from "$lib/api/types";
import { Task } from "./task.svelte";
import { onUserChange } from "./user_stream";

export class StrategyView {
  strategy = $state.raw<Strategy | null>(null);
  evaluations = $state.raw<Evaluation[]>([]);
  shown = $state.raw<EvaluationDetail | null>(null);
  paper = $state.raw<Paper | null>(null);
  bets = $state.raw<PaperBet[]>([]);
  betsCursor = $state.raw<string | null>(null);
  isMissing = $state(false);
  error = $state.raw<unknown>(null);
  /** What its owner changes. */
  readonly changing = new Task();
  /** The evaluation last asked for. */
  showing = $state.raw(new Task());

  constructor(readonly id: string) {}

  open(): () => void {
    void this.load();
    return onUserChange("strategy.evaluated", ({ evaluation }) => {
      if (evaluation.strategy_id === this.id) this.#hear(evaluation);
    });
  }

  async load(): Promise<void> {
    try {
      const [strategy, evaluations, paper, bets] = await Promise.all([getStrategy(this.id), listEvaluations(this.id), getPaper(this.id), listPaperBets(this.id)]);
      this.strategy = strategy;
      this.evaluations = evaluations.items;
      this.paper = paper;
      this.bets = bets.items;
      this.betsCursor = bets.next_cursor;
      this.error = null;
      const first = evaluations.items.find((each) => each.status === "completed" && each.kind !== "paper");
      if (first) await this.show(first.id);
      else if (paper.evaluation) this.shown = paper.evaluation;
    } catch (error) {
      if (isNotFound(error)) this.isMissing = true;
      else this.error = error;
    }
  }

  /** The one asked for last is shown, whichever comes first. */
  async show(evaluationId: string): Promise<void> {
    const mine = (this.showing = new Task());
    await mine.run(async () => {
      const evaluation = await getEvaluation(this.id, evaluationId);
      if (this.showing === mine) this.shown = evaluation;
    });
  }

  async moreBets(): Promise<void> {
    const page = await listPaperBets(this.id, this.betsCursor);
    this.bets = [...this.bets, ...page.items];
    this.betsCursor = page.next_cursor;
  }

  run(kind: "recorded" | "seasons", days: { first_day: string | null; last_day: string | null }): Promise<boolean> {
    return this.changing.run(async () => this.#put(await evaluate(this.id, kind, days, newKey())));
  }

  switchPaper(isOn: boolean): Promise<boolean> {
    return this.changing.run(async () => (this.paper = await switchPaper(this.id, isOn)));
  }

  publish(isPublic: boolean): Promise<boolean> {
    return this.changing.run(async () => (this.strategy = await changeStrategy(this.id, { visibility: isPublic ? "public" : "private" })));
  }

  #put(evaluation: Evaluation): void {
    const isKnown = this.evaluations.some((known) => known.id === evaluation.id);
    this.evaluations = isKnown ? this.evaluations.map((known) => (known.id === evaluation.id ? evaluation : known)) : [evaluation, ...this.evaluations];
  }

  #hear(evaluation: Evaluation): void {
    this.#put(evaluation);
    if (evaluation.status === "completed") void this.show(evaluation.id);
    if (evaluation.kind !== "paper") return;
    // Nobody asked for it: without an answer what is shown stays, and the next bet asks again.
    void new Task().run(async () => {
      const [paper, page] = await Promise.all([getPaper(this.id), listPaperBets(this.id)]);
      this.paper = paper;
      this.bets = page.items;
      this.betsCursor = page.next_cursor;
    });
  }
}
