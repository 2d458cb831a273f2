/** One pool: its field read once, then its totals and dividends as the topic brings them, and a person's own tickets. */
import { isNotFound, newKey } from "$lib/api/http";
import { cancelPool, enterPool, getPool, joinPool } from "$lib/api/routes";
import type { PoolPage } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { live } from "./live.svelte";
import { attemptFor, type Attempt } from "./slip_rules";
import { Task } from "./task.svelte";
import { onUserChange } from "./user_stream";

export class PoolView {
  page = $state.raw<PoolPage | null>(null);
  isMissing = $state(false);
  error = $state.raw<unknown>(null);
  readonly changing = new Task();
  #attempt: Attempt | null = null;

  constructor(readonly id: string) {}

  watch(): () => void {
    const releases = [
      live.hold(`pool:${this.id}`, (event) => this.#hear(event)),
      onUserChange("pool.settled", (change) => {
        if (change.pool_id === this.id) void this.load();
      }),
      onUserChange("pool.tickets", (change) => {
        if (change.pool_id === this.id) void this.load();
      }),
    ];
    void this.load();
    return () => releases.forEach((release) => release());
  }

  async load(): Promise<void> {
    try {
      this.page = await getPool(this.id);
      this.error = null;
    } catch (error) {
      if (isNotFound(error)) this.isMissing = true;
      else this.error = error;
    }
  }

  /** Buys a ticket; after a lost answer the same ticket is asked for under the same key. Says whether it was bought. */
  async enter(selectionId: string, stake: string): Promise<boolean> {
    this.#attempt = attemptFor({ selectionId, stake }, this.#attempt, newKey);
    const key = this.#attempt.key;
    return this.changing.run(async () => {
      await enterPool(this.id, selectionId, stake, key);
      this.#attempt = null;
      await this.load();
    });
  }

  join(code: string): Promise<boolean> {
    return this.changing.run(async () => (this.page = await joinPool(this.id, code)));
  }

  callOff(): Promise<boolean> {
    return this.changing.run(async () => (this.page = await cancelPool(this.id)));
  }

  #hear(event: TopicEvent<"pool:{pool_id}">): void {
    const page = this.page;
    if (!page) return;
    let { pool, totals } = page;
    const before = pool.status;
    for (const [, , value] of event.entries) {
      if (!value) continue;
      if ("selection_id" in value) totals = totals.map((total) => (total.selection_id === value.selection_id ? { ...total, ...value } : total));
      else pool = { ...pool, ...value };
    }
    this.page = { ...page, pool, totals };
    if (pool.status !== before) void this.load();
  }
}
