/** What people think of one strategy, and one's own word on it, which a second one replaces. */
import { newKey } from "$lib/api/http";
import { listRatings, rate } from "$lib/api/strategy_routes";
import type { Ratings } from "$lib/api/types";
import { attemptFor, type Attempt } from "./slip_rules";
import { Task } from "./task.svelte";

export class RatingsView {
  ratings = $state.raw<Ratings | null>(null);
  error = $state.raw<unknown>(null);
  /** 0 until the person has chosen. */
  stars = $state(0);
  words = $state("");
  isSent = $state(false);
  readonly #sending = new Task();
  #attempt: Attempt | null = null;

  constructor(readonly strategyId: string) {}

  get isBusy(): boolean {
    return this.#sending.isBusy;
  }

  /** Why one's own word was not taken. */
  get message(): string {
    return this.#sending.message;
  }

  /** Whether there is something new to say. */
  get canSend(): boolean {
    const mine = this.ratings?.mine;
    return !this.isBusy && this.stars > 0 && (!mine || mine.rating !== this.stars || mine.review !== this.words.trim());
  }

  async load(): Promise<void> {
    try {
      this.#take(await listRatings(this.strategyId));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  async more(): Promise<void> {
    const { ratings } = this;
    if (!ratings) return;
    const page = await listRatings(this.strategyId, ratings.next_cursor);
    const known = new Set(ratings.items.map((review) => review.id));
    this.ratings = { ...page, items: [...ratings.items, ...page.items.filter((review) => !known.has(review.id))] };
  }

  choose(stars: number): void {
    this.stars = stars;
    this.isSent = false;
  }

  async send(): Promise<void> {
    if (!this.canSend) return;
    const words = this.words.trim();
    this.#attempt = attemptFor({ stars: this.stars, words }, this.#attempt, newKey);
    const { key } = this.#attempt;
    this.isSent = false;
    await this.#sending.run(async () => {
      await rate(this.strategyId, this.stars, words, key);
      this.#attempt = null;
      this.isSent = true;
      this.#take(await listRatings(this.strategyId));
    });
  }

  #take(ratings: Ratings): void {
    this.ratings = ratings;
    if (!ratings.mine || this.isBusy) return;
    this.stars = ratings.mine.rating;
    this.words = ratings.mine.review;
  }
}
