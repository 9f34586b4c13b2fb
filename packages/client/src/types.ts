/** The contract's shapes, as far as a client needs them. */

/** The body of a submit. */
export type CreateRequest = {
  /** Name of the contract. @default 'kling-v3-motion-control' */
  model?: string;
  /** Public address of the reference picture: JPEG or PNG, at most 10 MB. */
  image_url: string;
  /** Public address of the reference clip: MP4 or MOV, at most 100 MB. */
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
};

/** `completed`, `failed` and `cancelled` are final. */
export type VideoStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

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
  warnings: { code: string; message: string }[];
  /** What of the prompt was carried out; empty until completed. */
  applied?: string[];
  /** How well the result follows the clip: `score` is 0..1, the parts stand beside it. */
  motion?: Record<string, unknown> | null;
  /** Dollars charged. */
  cost: number | null;
  usage: Record<string, unknown> | null;
};
