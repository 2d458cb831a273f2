/** Named events with typed contents; a listener that throws harms no other. */
import { callListener } from "./delivery.js";

type Listener<Content> = (content: Content) => void;

export class Emitter<Events extends object> {
  #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Returns what ends the listening. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    let known = this.#listeners.get(name);
    if (!known) this.#listeners.set(name, (known = new Set()));
    // Each call is a listening of its own, also of a function that listens already.
    const own: Listener<Events[Name]> = (content) => listener(content);
    known.add(own);
    return () => known.delete(own);
  }

  emit<Name extends keyof Events>(name: Name, content: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) callListener(listener as Listener<Events[Name]>, content);
  }
}
