/** One open conversation: messages in order, those being sent, and how far the other side has read. */
import { ApiError } from "$lib/api/errors";
import { newKey } from "$lib/api/http";
import { listMessages, markConversationRead, sendMessage } from "$lib/api/routes";
import type { Message } from "$lib/api/types";
import { Gathering } from "./gathering.svelte";
import { inbox } from "./inbox.svelte";
import { session } from "./session.svelte";
import { onUserChange } from "./user_stream";

/** A message on its way: it keeps its key, so that "retry" cannot send it twice. */
export interface Outgoing {
  key: string;
  body: string;
  error: string;
}

export class ConversationView {
  messages = $state.raw<Message[]>([]);
  outgoing = $state.raw<Outgoing[]>([]);
  nextCursor = $state.raw<string | null>(null);
  isLoaded = $state(false);
  othersReadSeq = $state(0);
  readonly gathering = new Gathering();
  #readSeq = 0;
  #isClosed = false;
  #releases: (() => void)[] = [];

  constructor(readonly id: string) {}

  open(): () => void {
    this.#releases = [
      onUserChange("message.received", ({ message }) => {
        if (message.conversation_id === this.id) this.#add(message);
      }),
      onUserChange("conversation.read", (change) => {
        if (change.conversation_id === this.id && change.reader_id !== session.user?.id) this.othersReadSeq = Math.max(this.othersReadSeq, change.read_seq);
      }),
      onUserChange("message.hidden", (change) => {
        if (change.conversation_id === this.id) this.messages = this.messages.filter((message) => message.id !== change.message_id);
      }),
      onUserChange("message.restored", (change) => {
        if (change.conversation_id === this.id) this.messages = merge(this.messages, [change.message]);
      }),
    ];
    const onVisible = () => void this.#markRead();
    document.addEventListener("visibilitychange", onVisible);
    this.#releases.push(() => document.removeEventListener("visibilitychange", onVisible), () => this.gathering.leave());
    return () => {
      this.#isClosed = true;
      for (const release of this.#releases) release();
    };
  }

  async load(): Promise<void> {
    const page = await listMessages(this.id);
    this.messages = merge(this.messages, page.items);
    this.nextCursor = page.next_cursor;
    this.isLoaded = true;
    if (!this.#isClosed) this.gathering.enter(`conversation:${this.id}:live`);
    this.#noteReads();
    await this.#markRead();
  }

  async loadEarlier(): Promise<void> {
    const page = await listMessages(this.id, this.nextCursor);
    this.messages = merge(this.messages, page.items);
    this.nextCursor = page.next_cursor;
  }

  async send(body: string): Promise<void> {
    const outgoing: Outgoing = { key: newKey(), body, error: "" };
    this.outgoing = [...this.outgoing, outgoing];
    await this.deliver(outgoing);
  }

  async deliver(outgoing: Outgoing): Promise<void> {
    this.#change(outgoing.key, "");
    try {
      const message = await sendMessage(this.id, outgoing.body, outgoing.key);
      this.outgoing = this.outgoing.filter((known) => known.key !== outgoing.key);
      this.#add(message);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#change(outgoing.key, error.message);
    }
  }

  discard(outgoing: Outgoing): void {
    this.outgoing = this.outgoing.filter((known) => known.key !== outgoing.key);
  }

  #change(key: string, error: string): void {
    this.outgoing = this.outgoing.map((known) => (known.key === key ? { ...known, error } : known));
  }

  #add(message: Message): void {
    // The stream may bring our own message before the answer to sending it; it must not stand there twice.
    const sent = message.sender.id === session.user?.id ? this.outgoing.find((known) => known.body === message.body) : undefined;
    if (sent) this.discard(sent);
    this.messages = merge(this.messages, [message]);
    this.gathering.dropTyping(message.sender.id);
    inbox.receive(message);
    void this.#markRead();
  }

  #noteReads(): void {
    const read = this.messages.filter((message) => message.sender.id === session.user?.id && message.read).map((message) => message.seq);
    this.othersReadSeq = Math.max(this.othersReadSeq, ...read);
  }

  async #markRead(): Promise<void> {
    const last = this.messages.at(-1)?.seq ?? 0;
    if (last <= this.#readSeq || document.visibilityState === "hidden") return;
    this.#readSeq = last;
    try {
      session.unreadMessages = (await markConversationRead(this.id, last)).unread;
      inbox.markRead(this.id);
    } catch {
      this.#readSeq = 0; // said again with the next message
    }
  }
}

function merge(known: readonly Message[], more: readonly Message[]): Message[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of more) bySeq.set(message.seq, message);
  return [...bySeq.values()].filter((message) => !message.is_hidden).sort((one, other) => one.seq - other.seq);
}
