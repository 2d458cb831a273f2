/** What a person asks for beside what stands already: more of a list, a change. It runs once at a time, and says why it did not work. */
import { ApiError } from "$lib/api/errors";

type Work = () => Promise<unknown>;
type Words = (refusal: ApiError) => string;

const itsOwn: Words = (refusal) => refusal.message;

export class Task {
  isBusy = $state(false);
  /** Why the last run was refused or got no answer; empty while it runs and after it worked. */
  message = $state("");
  #last: { work: Work; words: Words } | null = null;

  /** Says whether it was done. A second press meanwhile does nothing. `words` are what a refusal reads as here. */
  async run(work: Work, words: Words = itsOwn): Promise<boolean> {
    if (this.isBusy) return false;
    this.#last = { work, words };
    this.isBusy = true;
    this.message = "";
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.message = words(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  async again(): Promise<boolean> {
    return this.#last ? this.run(this.#last.work, this.#last.words) : false;
  }
}
