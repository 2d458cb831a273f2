/** Short messages that appear, are read out politely and leave: results, goals, confirmations. */
export interface Announcement {
  id: number;
  text: string;
  detail: string;
  tone: "plain" | "good" | "bad";
  link: string;
}

const SHOWN_FOR_MS = 7_000;
const MOST_SHOWN = 3;

class Announcer {
  items = $state.raw<Announcement[]>([]);
  #nextId = 1;

  say(text: string, options: Partial<Omit<Announcement, "id" | "text">> = {}): void {
    const item: Announcement = { id: this.#nextId++, text, detail: "", tone: "plain", link: "", ...options };
    this.items = [...this.items, item].slice(-MOST_SHOWN);
    setTimeout(() => this.dismiss(item.id), SHOWN_FOR_MS);
  }

  dismiss(id: number): void {
    this.items = this.items.filter((item) => item.id !== id);
  }
}

export const announcer = new Announcer();
