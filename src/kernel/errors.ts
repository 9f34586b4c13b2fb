/**
 * Every error a customer can meet, in one catalogue. `docs/reference/errors.md` has one heading for
 * each code, and a test holds the two together.
 */

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'media_error'
  | 'rate_limit_error'
  | 'engine_error'
  | 'server_error';

export type ErrorEntry = {
  /**
   * HTTP status when the error answers a request. A task that fails later keeps the code and is
   * polled with 200.
   */
  status: number;
  type: ErrorType;
  /** Sentence for the customer; `{name}` is filled from the error's values. */
  sentence: string;
  /** Whether the same request may succeed if it is simply sent again. */
  retryable: boolean;
  /** What to do. */
  hint: string;
};

export const ERRORS = {
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Compare the body with the field table of POST /v1/videos/generations.',
  },
  prompt_too_long: {
    status: 400,
    type: 'invalid_request_error',
    sentence: 'The prompt has {seen} characters; at most {limit} are allowed.',
    retryable: false,
    hint: 'Shorten the prompt.',
  },
  unknown_field: {
    status: 400,
    type: 'invalid_request_error',
    sentence: 'The field "{field}" is not known here.',
    retryable: false,
    hint: 'Remove the field, or check its spelling; unknown fields are refused, never dropped.',
  },
  model_not_found: {
    status: 400,
    type: 'invalid_request_error',
    sentence: 'There is no model "{seen}"; use {known}.',
    retryable: false,
    hint: 'GET /v1/models lists the models.',
  },
  invalid_json: {
    status: 400,
    type: 'invalid_request_error',
    sentence: 'The body is not valid JSON.',
    retryable: false,
    hint: 'Send a JSON object with Content-Type: application/json.',
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Send Authorization: Bearer YOUR_API_KEY; `understudy key create` makes a key.',
  },
  insufficient_balance: {
    status: 402,
    type: 'billing_error',
    sentence: 'The balance is too low: {needed} USD is needed, {available} USD is available.',
    retryable: false,
    hint: 'Add credit, or send "duration" to hold less than the cap of the orientation.',
  },
  forbidden: {
    status: 403,
    type: 'permission_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Use a key with the right to do this.',
  },
  task_not_found: {
    status: 404,
    type: 'not_found_error',
    sentence: 'There is no task "{id}" in this account.',
    retryable: false,
    hint: 'Check the id and that the key belongs to the account that made the task.',
  },
  route_not_found: {
    status: 404,
    type: 'not_found_error',
    sentence: 'There is nothing at {method} {path}.',
    retryable: false,
    hint: 'The API is described at /docs and /openapi.json.',
  },
  doubled_prefix: {
    status: 404,
    type: 'not_found_error',
    sentence:
      'There is nothing at {path}: the base URL already ends in /v1, so the path must not begin with another /v1.',
    retryable: false,
    hint: 'Call {corrected} instead.',
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    sentence: '{method} is not allowed at {path}.',
    retryable: false,
    hint: 'The allowed methods are in the Allow header.',
  },
  not_completed: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The task is {status}; its video exists only once it is completed.',
    retryable: true,
    hint: 'Poll the task until its status is completed.',
  },
  external_task_id_taken: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The external_task_id "{seen}" already names the task {id} of this account.',
    retryable: false,
    hint: 'Use that task, or choose another external_task_id.',
  },
  idempotency_mismatch: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The Idempotency-Key "{key}" was used for another request in the last 24 hours.',
    retryable: false,
    hint: 'Make a new key for each new request; send the same key only with the same body.',
  },
  not_cancellable: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The task is {status} and cannot be cancelled any more.',
    retryable: false,
    hint: 'GET the task to see its result; what was charged is in its receipt.',
  },
  not_finished: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The task is {status}; only a task that has ended can be deleted.',
    retryable: true,
    hint: 'Cancel it first with POST /v1/videos/TASK_ID/cancel, or wait until it ends.',
  },
  video_deleted: {
    status: 410,
    type: 'not_found_error',
    sentence: 'The video was deleted by its owner at {deletedAt}.',
    retryable: false,
    hint: 'Submit the task again to get a new one.',
  },
  expired: {
    status: 410,
    type: 'not_found_error',
    sentence: 'The video was kept until {expiredAt} and is gone.',
    retryable: false,
    hint: 'Download results before expires_at, or submit the task again.',
  },
  signature_expired: {
    status: 403,
    type: 'permission_error',
    sentence: 'This download address expired at {expiredAt}.',
    retryable: false,
    hint: 'Poll the task again for a fresh url.',
  },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    sentence: 'The body is larger than {limitBytes} bytes.',
    retryable: false,
    hint: 'Send media as addresses, not inside the body.',
  },
  unsupported_content_type: {
    status: 415,
    type: 'invalid_request_error',
    sentence: 'The body has {seen}; it must be {wanted}.',
    retryable: false,
    hint: 'Send a Content-Type that says so.',
  },
  body_too_slow: {
    status: 408,
    type: 'invalid_request_error',
    sentence: 'The body came too slowly: {seen}; {limit}.',
    retryable: true,
    hint: 'Send it over a faster connection.',
  },
  body_incomplete: {
    status: 400,
    type: 'invalid_request_error',
    sentence: 'The body is not complete: {reason}.',
    retryable: true,
    hint: 'Send the whole body; a form has one part, named "file".',
  },
  upload_not_found: {
    status: 404,
    type: 'not_found_error',
    sentence: 'There is no upload "{id}" in this account.',
    retryable: false,
    hint: 'Upload the file with POST /v1/uploads; uploads are removed at their expires_at.',
  },
  upload_kind_wrong: {
    status: 422,
    type: 'media_error',
    sentence: 'The upload "{id}" is {seen}; "{field}" needs {wanted}.',
    retryable: false,
    hint: 'Check which upload is which with GET /v1/uploads.',
  },
  upload_in_use: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The upload "{id}" is needed by a task that has not copied it yet.',
    retryable: true,
    hint: 'Remove it once the task is past its stage "inspecting".',
  },
  upload_too_large: {
    status: 413,
    type: 'media_error',
    sentence: 'The upload is {name} and has {seen}; at most {limit} are allowed.',
    retryable: false,
    hint: 'Compress the file or shorten it.',
  },
  upload_kind_unsupported: {
    status: 415,
    type: 'media_error',
    sentence: 'The upload is {seen}; it must be a JPEG or PNG image, or an MP4 or MOV video.',
    retryable: false,
    hint: 'Convert the file; its bytes decide, not its name.',
  },
  upload_space_full: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The uploads of this account take {seen}; at most {limit} are allowed.',
    retryable: true,
    hint: 'Remove uploads with DELETE /v1/uploads/UPLOAD_ID, or wait until some expire.',
  },
  too_many_uploads: {
    status: 429,
    type: 'rate_limit_error',
    sentence: 'This account has {seen} uploads under way; at most {limit} are allowed at a time.',
    retryable: true,
    hint: 'Send the next one when one of them has ended.',
  },
  quote_not_found: {
    status: 404,
    type: 'not_found_error',
    sentence: 'There is no quote "{id}" in this account.',
    retryable: false,
    hint: 'Ask for a quote with POST /v1/videos/quotes.',
  },
  quote_expired: {
    status: 410,
    type: 'not_found_error',
    sentence: 'The quote "{id}" was good until {expiredAt}.',
    retryable: false,
    hint: 'Ask for a new quote, or submit without one.',
  },
  quote_mismatch: {
    status: 409,
    type: 'conflict_error',
    sentence: 'The quote "{id}" was made for a different "{field}".',
    retryable: false,
    hint: 'Submit what was quoted, or ask for a new quote.',
  },
  too_many_quotes: {
    status: 429,
    type: 'rate_limit_error',
    sentence: 'Too many quotes are being made {whose}: at most {limit} at a time.',
    retryable: true,
    hint: 'Ask again when one of them has been answered.',
  },
  quote_too_slow: {
    status: 504,
    type: 'server_error',
    sentence: 'The quote was not ready within {limitSeconds} s.',
    retryable: true,
    hint: 'Upload the media first, or serve them from a faster host.',
  },
  range_not_satisfiable: {
    status: 416,
    type: 'invalid_request_error',
    sentence: 'The range "{seen}" is outside the video of {sizeBytes} bytes.',
    retryable: false,
    hint: 'Ask for a range that begins before the end.',
  },
  address_refused: {
    status: 422,
    type: 'media_error',
    sentence: 'The {what} address was refused: {reason}.',
    retryable: false,
    hint: 'Use a public http or https address.',
  },
  fetch_failed: {
    status: 422,
    type: 'media_error',
    sentence: 'The {what} could not be fetched: {reason}.',
    retryable: true,
    hint: 'Check that the address answers 200 without a login, then submit again.',
  },
  fetch_refused: {
    status: 422,
    type: 'media_error',
    sentence: 'The {what} could not be fetched: the address answered {seen}.',
    retryable: false,
    hint: 'Check that the address opens without a login and has not expired, then submit again.',
  },
  fetch_too_slow: {
    status: 422,
    type: 'media_error',
    sentence: 'The {what} came too slowly: {seen}; {limit}.',
    retryable: true,
    hint: 'Serve the file from a faster host.',
  },
  file_too_large: {
    status: 422,
    type: 'media_error',
    sentence: 'The {what} has {seen}; at most {limit} are allowed.',
    retryable: false,
    hint: 'Compress the file or shorten it.',
  },
  image_format_unsupported: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference image is {seen}; it must be a JPEG or PNG file.',
    retryable: false,
    hint: 'Convert the image to JPEG or PNG.',
  },
  image_unreadable: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference image could not be read: {reason}.',
    retryable: false,
    hint: 'Save the image again with another program.',
  },
  image_size_out_of_range: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference image is {width} x {height} px; each side must be {min} to {max} px.',
    retryable: false,
    hint: 'Resize the image.',
  },
  image_too_many_pixels: {
    status: 422,
    type: 'media_error',
    sentence:
      'The reference image is {width} x {height} px, {seen} megapixels; at most {limit} megapixels are allowed.',
    retryable: false,
    hint: 'Scale the image down; the video has at most 1080 px on its short side.',
  },
  image_aspect_out_of_range: {
    status: 422,
    type: 'media_error',
    sentence:
      'The reference image is {width} x {height} px, an aspect of {seen}; it must be between 1:{limit} and {limit}:1.',
    retryable: false,
    hint: 'Crop the image.',
  },
  video_format_unsupported: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference video is {seen}; it must be an MP4 or MOV file.',
    retryable: false,
    hint: 'Convert the clip to MP4 with H.264.',
  },
  video_unreadable: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference video could not be read: {reason}.',
    retryable: false,
    hint: 'Play the clip to its end, and export it again as MP4 with H.264.',
  },
  video_size_out_of_range: {
    status: 422,
    type: 'media_error',
    sentence: 'The reference video is {width} x {height} px; each side must be {min} to {max} px.',
    retryable: false,
    hint: 'Resize the clip.',
  },
  reference_too_short: {
    status: 422,
    type: 'media_error',
    sentence:
      'The reference video is {seen} s long; with character_orientation "{orientation}" it must be {min} to {max} s.',
    retryable: false,
    hint: 'Use a longer clip.',
  },
  reference_too_long: {
    status: 422,
    type: 'media_error',
    sentence:
      'The reference video is {seen} s long; with character_orientation "{orientation}" it must be {min} to {max} s.',
    retryable: false,
    hint: 'Cut the clip, or use character_orientation "video" for up to 30 s.',
  },
  no_person: {
    status: 422,
    type: 'media_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Use media in which one person is clearly visible.',
  },
  person_too_small: {
    status: 422,
    type: 'media_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Crop the picture or the clip to the person.',
  },
  media_unsuitable: {
    status: 422,
    type: 'media_error',
    sentence: '{reason}',
    retryable: false,
    hint: 'Use another picture or another clip.',
  },
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    sentence:
      'Too many requests of this kind with this key: at most {perSecond} a second, and {burst} at once after a pause.',
    retryable: true,
    hint: 'Wait as long as Retry-After says.',
  },
  too_many_tasks: {
    status: 429,
    type: 'rate_limit_error',
    sentence: 'This account has {limit} unfinished tasks, which is as many as it may have.',
    retryable: true,
    hint: 'Submit the next one when some of them have ended.',
  },
  overloaded: {
    status: 503,
    type: 'server_error',
    sentence: 'The service is too busy to answer in time: {reason}.',
    retryable: true,
    hint: 'Wait as long as Retry-After says, then send it again.',
  },
  engine_crashed: {
    status: 500,
    type: 'engine_error',
    sentence: 'The engine stopped unexpectedly {attempts} times while {stage}.',
    retryable: true,
    hint: 'Submit again; if it happens again with the same clip, encode the clip differently.',
  },
  engine_timeout: {
    status: 500,
    type: 'engine_error',
    sentence: 'The engine did not finish within {limitSeconds} s.',
    retryable: true,
    hint: 'Submit again, or use a shorter clip.',
  },
  deadline_exceeded: {
    status: 500,
    type: 'engine_error',
    sentence: 'The task did not finish within {limitSeconds} s of being submitted.',
    retryable: true,
    hint: 'Submit again when the service is less busy.',
  },
  internal: {
    status: 500,
    type: 'server_error',
    sentence: 'Something went wrong on our side.',
    retryable: true,
    hint: 'Try again; if it happens again, send the request id to the operator.',
  },
  not_ready: {
    status: 503,
    type: 'server_error',
    sentence: 'The service is not ready: {reason}.',
    retryable: true,
    hint: 'Try again in a few seconds.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorValues = Record<string, string | number>;

/**
 * An operating error: it has a code of the catalogue, a public sentence, and a private cause for
 * the log.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly values: ErrorValues;
  /** The request field the error is about, if there is one. */
  readonly param: string | null;

  constructor(
    code: ErrorCode,
    values: ErrorValues = {},
    options: { cause?: unknown; param?: string } = {},
  ) {
    super(fillSentence(ERRORS[code].sentence, values), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.values = values;
    this.param = options.param ?? null;
  }

  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }

  /** The advice of whoever saw more than the catalogue knows, if there is any. */
  get hint(): string {
    const isAdvised = this.values['advice'] !== undefined;
    return fillSentence(isAdvised ? '{advice}' : this.entry.hint, this.values);
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** What a terminal would obey and what the database refuses to keep (NUL). */
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/**
 * Puts values into the `{name}` places of a sentence; a place without a value is a bug and stays
 * visible. A value may come from a stranger's file, so what is no printable text is replaced.
 */
function fillSentence(sentence: string, values: ErrorValues): string {
  return sentence
    .replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
    .toWellFormed()
    .replace(CONTROL_CHARACTERS, '\ufffd');
}
