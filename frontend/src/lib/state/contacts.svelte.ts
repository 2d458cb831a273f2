/** Who of the people one writes to has the site open. Followed while a page that shows it is open. */
import type { TopicEvent } from "touchline-client";
import { live } from "./live.svelte";

class Contacts {
  #online = $state.raw<ReadonlySet<string>>(new Set());
  #topic = $state<`contacts:${string}` | null>(null);

  /** False as well while nobody knows. */
  isOnline(userId: string | undefined): boolean {
    return userId !== undefined && this.#topic !== null && live.isCurrent(this.#topic) && this.#online.has(userId);
  }

  /** Follow the list of one's own contacts; returns what ends that. */
  follow(ownId: string): () => void {
    const topic = `contacts:${ownId}` as const;
    const release = live.hold(topic, (event) => this.#hear(event));
    this.#topic = topic;
    return () => {
      this.#topic = null;
      release();
      live.end(topic);
    };
  }

  #hear(event: TopicEvent<"contacts:{user_id}">): void {
    if (event.kind === "image") {
      this.#online = new Set(event.image.online);
      return;
    }
    const online = new Set(this.#online);
    if (event.change.type === "contact.online") online.add(event.change.user_id);
    else online.delete(event.change.user_id);
    this.#online = online;
  }
}

export const contacts = new Contacts();
