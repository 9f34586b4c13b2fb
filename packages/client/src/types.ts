/** The contract's shapes, as far as a client needs them. */

/** The body of a submit. */
export type CreateRequest = {
  /** Name of the contract. @default 'kling-v3-motion-control' */
  model?: string;
  /**
   * The reference picture, JPEG or PNG, at most 10 MB: a public address, the id of an upload, a
   * `data:` URL or base64.
   */
  image_url: string;
  /** The reference clip, MP4 or MOV, at most 100 MB: a public address, or the id of an upload. */
  video_url: string;
  /** `image`: clips of 3 to 10 s; `video`: clips of 3 to 30 s. */
  character_orientation: 'image' | 'video';
  /** `std` is 720p, `pro` is 1080p. */
  mode: 'std' | 'pro';
  /** At most 2500 characters. */
  prompt?: string;
  /** @default 'yes' */
  keep_original_sound?: 'yes' | 'no';
  /** @default { enabled: false } */
  watermark_info?: { enabled: boolean };
  /**
   * Whole seconds to hold instead of the cap of the orientation; what is paid follows the probed
   * length.
   */
  duration?: number;
  /** Your own name for the task, unique within the account; at most 128 characters. */
  external_task_id?: string;
  /** A quote of the same media; what it found is taken over, and its price is what is paid. */
  quote_id?: string;
};

/** What a quote is asked for: the body of a submit. */
export type QuoteRequest = Omit<CreateRequest, 'quote_id'>;

/** `completed`, `failed` and `cancelled` are final. */
export type VideoStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

/** Which tasks to list. */
export type ListQuery = {
  /** Tasks on one page, 1 to 100. @default 20 */
  limit?: number;
  /** `lastId` of the page before. */
  after?: string;
  /** Only tasks of this status. */
  status?: VideoStatus;
};

/** Some of the account's tasks, newest first. */
export type VideoPage = { videos: Video[]; hasMore: boolean; lastId: string | null };

/** A task and, once completed, its video. */
export type Video = {
  id: string;
  status: VideoStatus;
  /** 0..100, never goes down. */
  progress: number;
  /** Name of the step, such as `tracking`. */
  stage: string;
  /** Signed, expiring address of the result; only once completed. */
  url?: string | null;
  seconds?: string | null;
  size?: string | null;
  engine: string | null;
  error: { code: string; message: string; stage: string; retryable: boolean; hint: string } | null;
  /** Those that were seen before the start have a subject. */
  warnings: {
    code: string;
    message: string;
    value?: number;
    subject?: 'image' | 'video' | 'pair';
    limit?: number | null;
    /** What to do. */
    advice?: string;
  }[];
  /** What of the prompt was carried out; empty until completed. */
  applied?: string[];
  /** How well the result follows the clip: `score` is 0..1, the parts stand beside it. */
  motion?: Record<string, unknown> | null;
  /** Dollars charged. */
  cost: number | null;
  usage: Record<string, unknown> | null;
};

/** A file that the service keeps for a while; its id stands wherever an address may. */
export type Upload = {
  /** `upload_…` */
  id: string;
  kind: 'image' | 'video';
  /** What the bytes are, whatever they were called. */
  content_type: string;
  bytes: number;
  sha256: string;
  /** Seconds since 1970. */
  created_at: number;
  expires_at: number;
};

/** Something about the media that is worth reading before paying. */
export type Finding = {
  code: string;
  /** `error` means that a task of these media would fail. */
  severity: 'error' | 'warning';
  /** The picture, the clip, or how the two fit each other. */
  subject: 'image' | 'video' | 'pair';
  /** The measured value, if it is a number. */
  value: number | null;
  /** The value from which on it is told, if there is a single one. */
  limit: number | null;
  message: string;
  advice: string;
};

/** What a task would cost, promised until `expires_at`. */
export type Quote = {
  /** `quote_…`; send it as `quote_id`. */
  id: string;
  /** Dollars of the finished video, as a decimal. */
  price_usd: string;
  /** Dollars that the submit holds. */
  hold_usd: string;
  rate_usd: string;
  billable_seconds: number;
  probed_seconds: number;
  image: { format: string; width: number; height: number; size_bytes: number };
  video: { container: string; duration: number; width: number; height: number } & Record<
    string,
    unknown
  >;
  findings: Finding[];
  /** False when a finding is an error. */
  is_acceptable: boolean;
  /** Seconds since 1970. */
  expires_at: number;
};
