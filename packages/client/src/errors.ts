/** What the client throws when the service says no. */

export class UnderstudyError extends Error {
  /**
   * Stable code of the service's error catalogue, or `unreadable_answer` when the answer was not
   * JSON.
   */
  readonly code: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Name the operator can find in the log. */
  readonly requestId: string | null;
  /** Whether the same request may succeed later, as far as the status tells (408, 429, 5xx). */
  readonly isRetryable: boolean;

  /** Seconds after which the service wants to be asked again, if it said so. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: string,
    message: string,
    status: number,
    requestId: string | null,
    retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'UnderstudyError';
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
    this.isRetryable = status === 408 || status === 429 || status >= 500;
  }
}

/** Makes the error of a refused request; never throws itself, whatever the body is. */
export async function readError(response: Response): Promise<UnderstudyError> {
  const requestId = response.headers.get('x-request-id');
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(wait) ? wait : null;
  const body: unknown = await response.json().catch(() => null);
  const error = readField(body, 'error');
  const code = readField(error, 'code');
  const message = readField(error, 'message');
  if (typeof code !== 'string' || typeof message !== 'string') {
    const sentence = `The service answered ${response.status} without a readable error.`;
    return new UnderstudyError(
      'unreadable_answer',
      sentence,
      response.status,
      requestId,
      retryAfter,
    );
  }
  return new UnderstudyError(code, message, response.status, requestId, retryAfter);
}

function readField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
