/** Every match the page knows: who plays, and its scoreboard as the newest version says. */
import type { EventRow, Scoreboard } from "$lib/api/types";
import type { KeyedEntry } from "touchline-client";
import { made } from "./registry.svelte";

/** Why betting is stopped, in words a person would use. */
const STOP_REASONS: Record<string, string> = {
  goal: "Suspended: goal under review",
  red_card: "Suspended: red card under review",
  penalty: "Suspended: penalty",
  break: "Suspended: break of serve",
  set: "Suspended: the set is over",
  medical: "Suspended: medical timeout",
  basket: "Suspended: basket in the last minute",
  review: "Suspended: under review",
  withdrawal: "Suspended: withdrawal",
  interrupted: "Suspended: play is interrupted",
  abandoned: "Betting closed: abandoned",
  postponed: "Betting closed: postponed",
  cancelled: "Betting closed: cancelled",
  finished: "Betting closed: it is over",
};

const PHASE_NAMES: Record<string, string> = {
  scheduled: "Not started",
  first_half: "First half",
  half_time: "Half time",
  second_half: "Second half",
  playing: "In play",
  break: "Break",
  completed: "Full time",
};

const PHASES: Record<string, string> = { half_time: "HT", completed: "FT", scheduled: "" };

export type Sport = Scoreboard["sport"];

export class Match {
  row = $state.raw<EventRow | null>(null);
  board = $state.raw<Scoreboard | null>(null);
  /** When the last goal came in, for the short "Goal" mark; 0 when none was seen live. */
  goalAt = $state(0);
  goalSide = $state<"" | "home" | "away">("");

  constructor(readonly id: string) {}

  get name(): string {
    return this.row?.name ?? "";
  }

  get sport(): Sport {
    return this.board?.sport ?? "football";
  }

  /** The score in a line: goals or points, a tennis match set by set, nothing for a race. */
  get scoreText(): string {
    const board = this.board;
    if (!board || this.sport === "outright") return "";
    return this.sport === "tennis" ? board.score.replaceAll("-", "–") : `${board.home_goals}–${board.away_goals}`;
  }

  get isInPlay(): boolean {
    const phase = this.board?.phase;
    return phase !== undefined && phase !== "scheduled" && phase !== "completed";
  }

  get isStarted(): boolean {
    return this.isInPlay || this.isOver;
  }

  get isOver(): boolean {
    return this.board?.phase === "completed";
  }

  get isStopped(): boolean {
    return this.board?.is_betting_stopped ?? false;
  }

  get stopReason(): string {
    if (!this.isStopped) return "";
    return STOP_REASONS[this.board?.stop_reason ?? ""] ?? "Suspended: prices are being checked";
  }

  /** The reason without the word that a lock already says, for narrow rows. */
  get shortStopReason(): string {
    const reason = this.stopReason.replace(/^Suspended: /, "");
    return reason.charAt(0).toUpperCase() + reason.slice(1);
  }

  get phaseName(): string {
    return PHASE_NAMES[this.board?.phase ?? ""] ?? "";
  }

  /** "63" with the tick shown apart, or HT, FT, ""; "Set 2", "Q3 4:12", "63%" as the sport counts. */
  get clock(): string {
    const board = this.board;
    if (!board) return "";
    if (this.sport !== "football") return board.clock;
    return PHASES[board.phase] ?? board.clock.replace(/['′]$/, "");
  }

  get isTicking(): boolean {
    return this.board?.phase === "first_half" || this.board?.phase === "second_half";
  }

  takeRow(row: EventRow): void {
    this.row = row;
    this.takeBoard(row.scoreboard);
  }

  takeBoard(board: Scoreboard): void {
    const known = this.board;
    if (known && board.version < known.version) return;
    if (known && this.sport === "football" && (board.home_goals > known.home_goals || board.away_goals > known.away_goals)) {
      this.goalSide = board.home_goals > known.home_goals ? "home" : "away";
      this.goalAt = Date.now();
    }
    this.board = board;
  }
}

class MatchRegistry {
  #matches = new Map<string, Match>();

  of(eventId: string): Match {
    return made(this.#matches, eventId, (id) => new Match(id));
  }

  takeRows(rows: readonly EventRow[]): void {
    for (const row of rows) this.of(row.id).takeRow(row);
  }

  takeScoreEntries(entries: readonly KeyedEntry<Scoreboard>[]): Match[] {
    return entries.flatMap(([, , board]) => {
      if (board === null) return [];
      const match = this.of(board.event_id);
      match.takeBoard(board);
      return [match];
    });
  }
}

export const matches = new MatchRegistry();
