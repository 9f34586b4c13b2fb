/** What S3 refused, in words that help and hold no secret. */

/** A request to the bucket failed, after all tries of it. */
export class S3Error extends Error {
  /** Status of the answer; null when there was none. */
  readonly status: number | null;
  /** Name that S3 gives the trouble, such as `AccessDenied`. */
  readonly code: string;
  /** Whatever it is, it is the operator's to mend. */
  readonly isOutage = true;

  constructor(message: string, { status, code }: { status: number | null; code: string }) {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
  }
}

const MISSING_NAMES = ['NoSuchKey', 'NotFound'];

export function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING_NAMES.includes(error.name);
}

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Make the bucket, or set S3_BUCKET to one there is.',
  AccessDenied:
    'Give the user of S3_ACCESS_KEY_ID the right to read, write, list and delete there.',
  InvalidAccessKeyId: 'Check S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'Check S3_SECRET_ACCESS_KEY, and the clock of this machine.',
  RequestTimeTooSkewed: 'Set the clock of this machine.',
  PermanentRedirect: 'Check S3_REGION.',
  ECONNREFUSED: 'Check S3_ENDPOINT; nothing listens there.',
  ENOTFOUND: 'Check S3_ENDPOINT; its name is not known.',
  TimeoutError: 'The service answers too slowly, or not at all.',
};

/**
 * The error of the library carries the whole request, signature and all, and would end up in a log;
 * only its name, status and sentence go on.
 */
export function explainS3Error(what: string, key: string, error: unknown): Error {
  if (error instanceof S3Error) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  // A file of ours that cannot be read, or a mistake of ours, is no error of S3.
  if ('path' in error || error instanceof TypeError) return error;
  const status = readStatus(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const advice = ADVICE[code] ?? ADVICE[error.name];
  const answer = status === null ? code : `${status} ${code}`;
  return new S3Error(
    `S3 did not ${what} "${key}" (${answer}).${advice === undefined ? '' : ` ${advice}`}`,
    { status, code },
  );
}

function readStatus(error: Error): number | null {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return null;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}
