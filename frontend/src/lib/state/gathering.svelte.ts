/** Who is at a conversation or a thread right now, and who is typing there. True for a moment, so it is shown only while the line is up. */
import type { Person } from "$lib/api/types";
import type { TopicEvent } from "touchline-client";
import { live } from "./live.svelte";
import { session } from "./session.svelte";

type GatheringTopic = `conversation:${string}:live` | `thread:${string}:live`;
type GatheringEvent = TopicEvent<"conversation:{conversation_id}:live"> | TopicEvent<"thread:{thread_id}:live">;

export class Gathering {
  #present = $state.raw<Person[]>([]);
  #typing = $state.raw<Person[]>([]);
  #count = $state(0);
  #topic = $state<GatheringTopic | null>(null);
  #release: () => void = () => {};

  /** People named here, the reader left out. */
  get others(): Person[] {
    return this.#isTrue ? this.#present.filter((person) => person.id !== session.user?.id) : [];
  }

  /** Who is typing, the reader left out. */
  get typing(): Person[] {
    return this.#isTrue ? this.#typing.filter((person) => person.id !== session.user?.id) : [];
  }

  /** Everybody here: the reader, people who are not named, and visitors. */
  get count(): number {
    return this.#isTrue ? this.#count : 0;
  }

  get #isTrue(): boolean {
    return this.#topic !== null && live.isCurrent(this.#topic);
  }

  /** Be here, and see who else is. */
  enter(topic: GatheringTopic): void {
    if (this.#topic === topic) return;
    this.leave();
    this.#topic = topic;
    this.#release = live.hold(topic, (event) => this.#hear(event));
  }

  /** Be gone at once: the others should not see us linger. */
  leave(): void {
    const topic = this.#topic;
    this.#topic = null;
    this.#release();
    this.#release = () => {};
    if (topic !== null) live.end(topic);
    this.#show([], [], 0);
  }

  /** The reader is typing; may be said with every key. */
  type(): void {
    if (this.#topic !== null) live.typing(this.#topic);
  }

  /** What somebody was typing has arrived. */
  dropTyping(userId: string): void {
    this.#typing = this.#typing.filter((person) => person.id !== userId);
  }

  #hear(event: GatheringEvent): void {
    if (event.kind === "image") {
      const { present, typing, people, visitors } = event.image;
      this.#show(present, typing, people + visitors);
      return;
    }
    const { change } = event;
    if (change.type === "presence.arrived") this.#present = put(this.#present, change.person);
    if (change.type === "presence.left") this.#present = this.#present.filter((person) => person.id !== change.user_id);
    if (change.type === "presence.counted") this.#count = change.people + change.visitors;
    if (change.type === "typing.started") this.#typing = put(this.#typing, change.person);
    if (change.type === "typing.stopped") this.dropTyping(change.user_id);
  }

  #show(present: Person[], typing: Person[], count: number): void {
    this.#present = present;
    this.#typing = typing;
    this.#count = count;
  }
}

function put(people: readonly Person[], newcomer: Person): Person[] {
  return [...people.filter((person) => person.id !== newcomer.id), newcomer];
}
