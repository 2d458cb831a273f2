/**
 * One timer for every price that moved: it takes the movement off again when it has been seen long enough. A timer or an
 * animation per price costs more than the price itself; the timer stops when nothing is moving.
 */
export interface Sweepable {
  readonly movedAt: number;
  rest(): void;
}

export const SWEEP_EVERY_MS = 100;
export const SHOWN_FOR_MS = 1_200;

export class Sweeper {
  #moving = new Set<Sweepable>();
  #timer: ReturnType<typeof setInterval> | undefined;

  watch(item: Sweepable): void {
    this.#moving.add(item);
    this.#timer ??= setInterval(() => this.sweep(Date.now()), SWEEP_EVERY_MS);
  }

  sweep(now: number): void {
    for (const item of this.#moving) {
      if (now - item.movedAt < SHOWN_FOR_MS) continue;
      item.rest();
      this.#moving.delete(item);
    }
    if (this.#moving.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

export const sweeper = new Sweeper();
