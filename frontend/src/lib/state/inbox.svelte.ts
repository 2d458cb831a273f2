/** The person's conversations, newest first, kept current by their stream. */
import { listConversations } from "$lib/api/routes";
import type { Conversation, Message } from "$lib/api/types";
import { session } from "./session.svelte";
import { Task } from "./task.svelte";
import { onUserChange } from "./user_stream";

class Inbox {
  conversations = $state.raw<Conversation[]>([]);
  nextCursor = $state.raw<string | null>(null);
  isLoaded = $state(false);

  async load(): Promise<void> {
    const page = await listConversations();
    this.conversations = page.items;
    this.nextCursor = page.next_cursor;
    this.isLoaded = true;
  }

  async loadMore(): Promise<void> {
    const page = await listConversations(this.nextCursor);
    const known = new Set(this.conversations.map((conversation) => conversation.id));
    this.conversations = [...this.conversations, ...page.items.filter((conversation) => !known.has(conversation.id))];
    this.nextCursor = page.next_cursor;
  }

  find(id: string): Conversation | undefined {
    return this.conversations.find((conversation) => conversation.id === id);
  }

  put(conversation: Conversation): void {
    this.conversations = [conversation, ...this.conversations.filter((known) => known.id !== conversation.id)];
  }

  receive(message: Message): void {
    const known = this.find(message.conversation_id);
    if (!known) {
      // Nobody asked for it: without an answer the next message, or the next visit, asks again.
      if (this.isLoaded) void new Task().run(() => this.load());
      return;
    }
    if (known.last_message && known.last_message.seq >= message.seq) return;
    const isMine = message.sender.id === session.user?.id;
    this.put({ ...known, last_message: message, updated_at: message.sent_at, unread: isMine ? known.unread : known.unread + 1 });
  }

  markRead(id: string): void {
    this.conversations = this.conversations.map((known) => (known.id === id ? { ...known, unread: 0 } : known));
  }
}

export const inbox = new Inbox();

onUserChange("message.received", (change) => inbox.receive(change.message));
onUserChange("conversation.read", (change) => {
  if (change.reader_id === session.user?.id) inbox.markRead(change.conversation_id);
});
