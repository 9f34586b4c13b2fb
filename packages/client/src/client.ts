/** Upload, quote, create, get, wait, download: the whole life of a video, from the outside. */

import { readError, UnderstudyError } from './errors.ts';
import { pause } from './pause.ts';
import { sendAgain } from './send-again.ts';
import type {
  CreateRequest,
  ListQuery,
  Quote,
  QuoteRequest,
  Upload,
  Video,
  VideoPage,
} from './types.ts';
import { toUploadBody, type UploadSource } from './upload-source.ts';

/** Where the service is and who asks. */
export type ClientOptions = {
  /** Address that ends in `/v1`, such as `http://127.0.0.1:8787/v1`. */
  baseUrl: string;
  /** The key after `Bearer`. */
  apiKey: string;
  /** The function that fetches, for tests and proxies. @default globalThis.fetch */
  fetch?: typeof globalThis.fetch;
  /**
   * Pause before a submit is sent for the second time, in milliseconds, where the service names
   * none; doubled each time. @default 1000
   */
  retryDelayMs?: number;
};

/** How a submit is sent. */
export type CreateOptions = {
  /**
   * Names this submit, so that sending it again makes no second task. @default one that is made for
   * this call and kept for all of its attempts
   */
  idempotencyKey?: string;
  /**
   * Times the submit is sent when its answer is lost or says to come again, the first included. Use
   * 1 with services that do not know the `Idempotency-Key` header. @default 3
   */
  attemptsMax?: number;
  /** Ends the attempts. */
  signal?: AbortSignal;
};

/** How patiently to wait. */
export type WaitOptions = {
  /** Called with each answer whose status, stage or progress differs from the one before. */
  onChange?: (video: Video) => void;
  /** Seconds one poll may stay open at the service; 1 to 60. @default 20 */
  pollSeconds?: number;
  /** Polls after which waiting is given up with `wait_timeout`. @default 1000 */
  pollsMax?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
};

/** The whole contract as a few calls. */
export type Client = {
  /**
   * Sends a picture or a clip as a stream; the id of the answer stands wherever an address may. The
   * same bytes are stored once.
   */
  upload(source: UploadSource, options?: { signal?: AbortSignal }): Promise<Upload>;
  /** Reads what is known of an upload. */
  getUpload(uploadId: string): Promise<Upload>;
  /** Removes an upload before it expires; tasks that have their copy keep it. */
  deleteUpload(uploadId: string): Promise<void>;
  /** Asks what a video would cost; the media are probed now, and nothing is charged. */
  quote(request: QuoteRequest, options?: { signal?: AbortSignal }): Promise<Quote>;
  /**
   * Submits a video and returns its task id; nothing is probed before the answer. An answer that
   * was lost is asked for again under the same key, so one call makes at most one task.
   */
  create(request: CreateRequest, options?: CreateOptions): Promise<string>;
  /** Reads the task as it is now. */
  get(taskId: string): Promise<Video>;
  /** Lists tasks, newest first; the page's `lastId` is the `after` of the next one. */
  list(query?: ListQuery): Promise<VideoPage>;
  /** Reads up to 100 tasks with one request; what the account does not have is left out. */
  getMany(taskIds: readonly string[]): Promise<Video[]>;
  /** Ends a task before its end; nothing is charged. A cancelled task stays as it is. */
  cancel(taskId: string): Promise<Video>;
  /** Removes the video for good and hides its task, which must have ended. */
  delete(taskId: string): Promise<void>;
  /**
   * Polls until the task is completed, failed or cancelled, and returns it; a failed task is an
   * answer, not an error.
   */
  wait(taskId: string, options?: WaitOptions): Promise<Video>;
  /** Opens the result; the body streams. */
  download(taskId: string): Promise<Response>;
  /** Reads the price, the holds and every ledger line of the task. */
  getReceipt(taskId: string): Promise<Record<string, unknown>>;
};

/** Makes a client. Every method throws {@link UnderstudyError} when the service refuses. */
export function createClient(options: ClientOptions): Client {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const fetchUrl = options.fetch ?? globalThis.fetch;

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${options.apiKey}`);
    const response = await fetchUrl(`${baseUrl}${path}`, { ...init, headers });
    if (!response.ok) throw await readError(response);
    return response;
  }

  async function getVideo(path: string, signal?: AbortSignal): Promise<Answer> {
    const response = await request(path, signal ? { signal } : {});
    const retryAfter = Number(response.headers.get('retry-after') ?? DEFAULT_RETRY_AFTER_SECONDS);
    return { video: (await response.json()) as Video, retryAfterSeconds: retryAfter };
  }

  function post(
    path: string,
    body: QuoteRequest,
    { signal, headers = {} }: { signal?: AbortSignal | undefined; headers?: HeadersInit } = {},
  ): Promise<Response> {
    return request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'kling-v3-motion-control', ...body }),
      ...(signal ? { signal } : {}),
    });
  }

  return {
    ...createUploadCalls(request),
    ...createManyCalls(request),

    async quote(body, { signal } = {}) {
      return (await (await post('/videos/quotes', body, { signal })).json()) as Quote;
    },

    async create(body, { idempotencyKey, attemptsMax = 3, signal } = {}) {
      const headers = { 'idempotency-key': idempotencyKey ?? globalThis.crypto.randomUUID() };
      const response = await sendAgain(
        () => post('/videos/generations', body, { headers, signal }),
        {
          attemptsMax,
          retryDelayMs: options.retryDelayMs ?? RETRY_DELAY_MS,
          signal,
        },
      );
      const answer = (await response.json()) as { data?: { task_id?: string }[] };
      const taskId = answer.data?.[0]?.task_id;
      if (taskId === undefined) {
        throw new UnderstudyError('unreadable_answer', 'The answer holds no task_id.', 200, null);
      }
      return taskId;
    },

    async get(taskId) {
      const { video } = await getVideo(`/videos/${encodeURIComponent(taskId)}`);
      return video;
    },

    async wait(taskId, { onChange, pollSeconds = 20, pollsMax = 1000, signal } = {}) {
      const path = `/videos/${encodeURIComponent(taskId)}`;
      let { video } = await getVideo(path, signal);
      onChange?.(video);
      for (let poll = 1; !isOver(video); poll++) {
        if (poll >= pollsMax) {
          const sentence = `${taskId} was still ${video.status} after ${pollsMax} polls.`;
          throw new UnderstudyError('wait_timeout', sentence, 408, null);
        }
        const askedAtMs = performance.now();
        const next = await getVideo(`${path}?wait=${pollSeconds}`, signal);
        if (hasChanged(video, next.video)) onChange?.(next.video);
        else if (performance.now() - askedAtMs < PROMPT_ANSWER_MS) {
          // The service did not hold the request open, so the pause between two polls is ours.
          await pause(next.retryAfterSeconds, signal);
        }
        video = next.video;
      }
      return video;
    },

    download: (taskId) => request(`/videos/${encodeURIComponent(taskId)}/content`),

    async getReceipt(taskId) {
      const response = await request(`/videos/${encodeURIComponent(taskId)}/receipt`);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

type Send = (path: string, init?: RequestInit) => Promise<Response>;

function createUploadCalls(request: Send): Pick<Client, 'upload' | 'getUpload' | 'deleteUpload'> {
  return {
    async upload(source, { signal } = {}) {
      const response = await request('/uploads', {
        method: 'POST',
        // The service looks at the bytes themselves.
        headers: { 'content-type': 'application/octet-stream' },
        ...(await toUploadBody(source)),
        ...(signal ? { signal } : {}),
      });
      return (await response.json()) as Upload;
    },

    async getUpload(uploadId) {
      const response = await request(`/uploads/${encodeURIComponent(uploadId)}`);
      return (await response.json()) as Upload;
    },

    async deleteUpload(uploadId) {
      await request(`/uploads/${encodeURIComponent(uploadId)}`, { method: 'DELETE' });
    },
  };
}

function createManyCalls(request: Send): Pick<Client, 'list' | 'getMany' | 'cancel' | 'delete'> {
  return {
    async list(query = {}) {
      const given = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      );
      const response = await request(`/videos?${new URLSearchParams(given)}`);
      return toPage((await response.json()) as ListAnswer);
    },

    async getMany(taskIds) {
      if (taskIds.length === 0) return [];
      const response = await request(`/videos?${new URLSearchParams({ ids: taskIds.join(',') })}`);
      return toPage((await response.json()) as ListAnswer).videos;
    },

    async cancel(taskId) {
      const path = `/videos/${encodeURIComponent(taskId)}/cancel`;
      return (await (await request(path, { method: 'POST' })).json()) as Video;
    },

    async delete(taskId) {
      await request(`/videos/${encodeURIComponent(taskId)}`, { method: 'DELETE' });
    },
  };
}

type ListAnswer = { data: Video[]; has_more: boolean; last_id: string | null };

function toPage({ data, has_more: hasMore, last_id: lastId }: ListAnswer): VideoPage {
  return { videos: data, hasMore, lastId };
}

type Answer = { video: Video; retryAfterSeconds: number };

/** Pause between polls when the service names none. */
const DEFAULT_RETRY_AFTER_SECONDS = 3;

const RETRY_DELAY_MS = 1000;

/** An unchanged answer that came faster than this was not held open. */
const PROMPT_ANSWER_MS = 500;

function isOver(video: Video): boolean {
  return ['completed', 'failed', 'cancelled'].includes(video.status);
}

function hasChanged(before: Video, after: Video): boolean {
  return (
    before.status !== after.status ||
    before.stage !== after.stage ||
    before.progress !== after.progress
  );
}
