/** What the server says when it says no (RFC 9457), and what is said when it cannot be reached at all. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
  errors?: { pointer: string; code: string; message: string }[];
  retry_after_s?: number;
  [field: string]: unknown;
}

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly isRetryable: boolean,
  ) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The message for one field of the command, if the refusal names it. */
  fieldError(field: string): string | undefined {
    return this.problem.errors?.find((error) => error.pointer.split("/").pop() === field)?.message;
  }
}

/** Nothing came back: whether the command was carried out is unknown, so only a retry with the same key is safe. */
export function unreachable(): ApiError {
  return new ApiError({ title: "Touchline cannot be reached", status: 0, code: "unreachable", detail: "Touchline cannot be reached. Check your connection and try again." }, true);
}

const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const known = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  const problem: Problem = {
    ...known,
    title: known.title ?? "Something went wrong",
    status: response.status,
    code: known.code ?? (response.status === 401 ? "not_authenticated" : "unexpected"),
  };
  return new ApiError(problem, RETRYABLE_STATUSES.has(response.status));
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  throw error;
}
