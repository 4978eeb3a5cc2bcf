/** One thing that is wrong with what was sent: where (a JSON pointer into the body, or a parameter's name) and what. */
export interface Fault {
  pointer?: string | null;
  parameter?: string | null;
  detail: string;
}

/** An answer that says no, or none at all: RFC 9457's members, in words for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: readonly Fault[] = [],
    readonly requestId: string | null = null,
    /** Seconds after which asking again makes sense, where the server said so. */
    readonly retryAfter: number | null = null,
    /** The answer's text, where it was not what the API speaks. */
    readonly raw: string | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }
}

/** Read the problem that an answer tells of; an answer of something else (a proxy's page) is kept raw. */
export function problemOf(response: Response, body: unknown): Problem {
  const requestId = response.headers.get("X-Request-Id");
  const after = Number(response.headers.get("Retry-After"));
  const retryAfter = Number.isFinite(after) && after > 0 ? after : null;
  if (isProblem(body)) {
    const text = body.detail || body.title || `The server answered ${String(response.status)}.`;
    return new Problem(response.status, body.code ?? "unknown", text, body.errors ?? [], requestId, retryAfter);
  }
  const raw = typeof body === "string" ? body : JSON.stringify(body ?? "");
  const text = `The server answered ${String(response.status)} without saying why.`;
  return new Problem(response.status, "unknown", text, [], requestId, retryAfter, raw);
}

function isProblem(body: unknown): body is { code?: string; title?: string; detail?: string; errors?: Fault[] } {
  return typeof body === "object" && body !== null && ("code" in body || "title" in body);
}
