/** A client for Understudy and other services of the same contract, without dependencies. */

export { type Client, type ClientOptions, createClient, type WaitOptions } from './client.ts';
export { UnderstudyError } from './errors.ts';
export type {
  CreateRequest,
  Finding,
  Quote,
  QuoteRequest,
  Upload,
  Video,
  VideoStatus,
} from './types.ts';
export type { UploadSource } from './upload-source.ts';
