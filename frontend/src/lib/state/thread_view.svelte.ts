/** One thread with its replies, live: a reply appears, a hidden one vanishes, without a reload. */
import { newKey } from "$lib/api/http";
import { postReply } from "$lib/api/routes";
import type { PostReply, Thread } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { Gathering } from "./gathering.svelte";
import { live } from "./live.svelte";

export class ThreadView {
  thread = $state.raw<Thread | null>(null);
  replies = $state.raw<PostReply[]>([]);
  isGone = $state(false);
  readonly gathering = new Gathering();
  #release: () => void = () => {};
  #attempt: { key: string; content: string } | null = null;

  take(thread: Thread): void {
    this.#show(thread);
    this.#release();
    this.#release = live.hold(`thread:${thread.id}`, (event) => this.#hear(event));
  }

  close(): void {
    this.gathering.leave();
    this.#release();
    this.#release = () => {};
  }

  async reply(content: string): Promise<void> {
    if (!this.thread) return;
    if (this.#attempt?.content !== content) this.#attempt = { key: newKey(), content };
    this.#add(await postReply(this.thread.id, content, this.#attempt.key));
    this.#attempt = null;
  }

  #add(reply: PostReply): void {
    if (reply.is_hidden || this.replies.some((known) => known.id === reply.id)) return;
    this.replies = [...this.replies, reply].sort((one, other) => one.seq - other.seq);
  }

  #hear(event: TopicEvent<"thread:{thread_id}">): void {
    if (event.kind === "image") this.#show((event.image as { thread: Thread }).thread);
    if (event.kind !== "change") return;
    const { change } = event;
    if (change.type === "reply.posted" || change.type === "reply.restored") this.#add(change.reply);
    if (change.type === "reply.posted") this.gathering.dropTyping(change.reply.author.id);
    if (change.type === "reply.hidden") this.replies = this.replies.filter((reply) => reply.id !== change.reply_id);
    if (change.type === "thread.hidden") this.#close();
    if (change.type === "thread.reopened") this.#show(change.thread);
  }

  #close(): void {
    this.isGone = true;
    this.gathering.leave();
  }

  #show(thread: Thread): void {
    this.thread = thread;
    this.isGone = thread.is_hidden;
    this.replies = thread.replies.filter((reply) => !reply.is_hidden);
    if (thread.is_hidden) this.gathering.leave();
    else this.gathering.enter(`thread:${thread.id}:live`);
  }
}
