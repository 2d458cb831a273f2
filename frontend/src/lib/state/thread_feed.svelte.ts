/** The threads of a category, or of all; new ones wait behind a button so that the list does not jump. */
import { listCategories, listThreads } from "$lib/api/routes";
import type { Category, ThreadRow } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { live } from "./live.svelte";

export class ThreadFeed {
  categories = $state.raw<Category[]>([]);
  threads = $state.raw<ThreadRow[]>([]);
  newcomers = $state.raw<ThreadRow[]>([]);
  nextCursor = $state.raw<string | null>(null);
  isLoaded = $state(false);
  error = $state.raw<unknown>(null);

  constructor(readonly category: string | null) {}

  open(): () => void {
    let releases: (() => void)[] = [];
    let isClosed = false;
    void this.load().then(() => {
      if (isClosed) return;
      const slugs = this.category ? [this.category] : this.categories.map((category) => category.slug);
      releases = slugs.map((slug) => live.hold(`forum:${slug}`, (event) => this.#hear(event)));
    });
    return () => {
      isClosed = true;
      for (const release of releases) release();
    };
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const [categories, page] = await Promise.all([listCategories(), listThreads(this.category)]);
      this.categories = categories;
      this.threads = page.items;
      this.nextCursor = page.next_cursor;
      this.isLoaded = true;
    } catch (error) {
      this.error = error;
    }
  }

  async loadMore(): Promise<void> {
    const page = await listThreads(this.category, this.nextCursor);
    const known = new Set(this.threads.map((thread) => thread.id));
    this.threads = [...this.threads, ...page.items.filter((thread) => !known.has(thread.id))];
    this.nextCursor = page.next_cursor;
  }

  show(): void {
    this.threads = [...this.newcomers, ...this.threads];
    this.newcomers = [];
  }

  #hear(event: TopicEvent<"forum:{category}">): void {
    if (event.kind !== "change") return;
    const { change } = event;
    if ((change.type === "thread.posted" || change.type === "thread.restored") && !this.#knows(change.thread.id)) this.newcomers = [change.thread, ...this.newcomers];
    if (change.type === "thread.hidden") {
      this.threads = this.threads.filter((thread) => thread.id !== change.thread_id);
      this.newcomers = this.newcomers.filter((thread) => thread.id !== change.thread_id);
    }
    if (change.type === "thread.active")
      this.threads = this.threads.map((thread) =>
        thread.id === change.thread_id ? { ...thread, reply_count: change.reply_count, last_activity_at: change.last_activity_at } : thread,
      );
  }

  #knows(id: string): boolean {
    return [...this.threads, ...this.newcomers].some((thread) => thread.id === id);
  }
}
