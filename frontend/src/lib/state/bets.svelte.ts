/** The person's slips: open ones from their stream, settled ones as they come in and from the history page by page. */
import { listSlips } from "$lib/api/routes";
import type { Slip } from "$lib/api/types";
import { onUserChange, onUserImage } from "./user_stream";

class Bets {
  open = $state.raw<Slip[]>([]);
  settled = $state.raw<Slip[]>([]);
  nextCursor = $state.raw<string | null>(null);
  isLoaded = $state(false);

  async load(): Promise<void> {
    const [open, settled] = await Promise.all([listSlips("open"), listSlips("settled")]);
    this.open = open.items;
    this.settled = settled.items;
    this.nextCursor = settled.next_cursor;
    this.isLoaded = true;
  }

  async loadMore(): Promise<void> {
    const page = await listSlips("settled", this.nextCursor);
    const known = new Set(this.settled.map((slip) => slip.id));
    this.settled = [...this.settled, ...page.items.filter((slip) => !known.has(slip.id))];
    this.nextCursor = page.next_cursor;
  }

  /** A slip that stands or waits for its verdict; what is known of it already is replaced in its place. */
  place(slip: Slip): void {
    if (this.settled.some((known) => known.id === slip.id)) return;
    const isKnown = this.open.some((known) => known.id === slip.id);
    this.open = isKnown ? this.open.map((known) => (known.id === slip.id ? slip : known)) : [slip, ...this.open];
  }

  remove(id: string): void {
    this.open = this.open.filter((known) => known.id !== id);
  }

  /** A slip as the server has it now, open or not. */
  take(slip: Slip): void {
    if (slip.status === "rejected") this.remove(slip.id);
    else if (slip.status === "accepted" || slip.status === "pending_delay") this.reopen(slip);
    else this.settle(slip);
  }

  /** A result may be taken back: then a settled slip is open again. */
  reopen(slip: Slip): void {
    this.settled = this.settled.filter((known) => known.id !== slip.id);
    this.place(slip);
  }

  find(id: string): Slip | undefined {
    return this.open.find((slip) => slip.id === id) ?? this.settled.find((slip) => slip.id === id);
  }

  settle(slip: Slip): void {
    this.open = this.open.filter((known) => known.id !== slip.id);
    this.settled = [slip, ...this.settled.filter((known) => known.id !== slip.id)];
  }
}

export const bets = new Bets();

onUserImage((image) => (bets.open = image.open_slips));
onUserChange("slip.placed", (change) => bets.place(change.slip));
onUserChange("slip.settled", (change) => change.slips.forEach((slip) => bets.take(slip)));
onUserChange("slip.accepted", (change) => bets.take(change.slip));
onUserChange("slip.rejected", (change) => bets.take(change.slip));
onUserChange("slip.cashed_out", (change) => bets.take(change.slip));
onUserChange("slip.cash_out_target", (change) => bets.take(change.slip));
