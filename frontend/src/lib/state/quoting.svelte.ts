/**
 * What the server says of a bet before it is placed: asked once the person pauses, again as prices move, and never in the
 * way of placing. An answer to an earlier question never replaces one to a later.
 */
import { ApiError } from "$lib/api/errors";
import { quoteSlip } from "$lib/api/routes";
import type { PlaceSlip, SlipQuote } from "$lib/api/types";

export interface Question {
  command: PlaceSlip;
  /** The prices shown, which are no part of the command under every policy. */
  prices: readonly (string | null)[];
  /** Whether the stake is the person's own; without one the server is asked with the smallest, for its limits and delay. */
  hasStake: boolean;
}

/** Typing and ticking prices come to rest within this; where they do not, it is asked after so long all the same. */
export const PAUSE_MS = 350;
export const PAUSE_MS_MAX = 1_500;

const keyOf = ({ command, prices }: Question): string => JSON.stringify([command, prices]);
/** Limits and delays belong to these selections in this kind of bet, whatever is staked on them. */
const betOf = ({ command }: Question): string => JSON.stringify([command.legs.map((leg) => leg.selection_id), command.bet_type, command.line_sizes, command.is_each_way]);

export class Quoting {
  #answer = $state.raw<{ key: string; bet: string; reply: SlipQuote } | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted = "";
  #since = 0;
  #asked = 0;
  #answered = 0;

  /** The answer to exactly this question, or null until it is there. */
  exactly(question: Question | null): SlipQuote | null {
    const answer = this.#answer;
    return answer && question && answer.key === keyOf(question) ? answer.reply : null;
  }

  /** The newest answer about the same bet, whatever its stake and prices were. */
  about(question: Question | null): SlipQuote | null {
    const answer = this.#answer;
    return answer && question && answer.bet === betOf(question) ? answer.reply : null;
  }

  ask(question: Question | null): void {
    const key = question ? keyOf(question) : "";
    if (key === this.#wanted) return;
    this.#wanted = key;
    clearTimeout(this.#timer);
    if (!question) {
      this.#since = 0;
      return;
    }
    const now = Date.now();
    this.#since ||= now;
    this.#timer = setTimeout(() => void this.#send(question, key), Math.max(0, Math.min(PAUSE_MS, this.#since + PAUSE_MS_MAX - now)));
  }

  async #send(question: Question, key: string): Promise<void> {
    this.#since = 0;
    const number = ++this.#asked;
    try {
      const reply = await quoteSlip(question.command);
      if (number < this.#answered) return;
      this.#answered = number;
      this.#answer = { key, bet: betOf(question), reply };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // No answer is no objection. The next change asks again, and the same question may be put anew.
      if (this.#wanted === key) this.#wanted = "";
    }
  }
}
