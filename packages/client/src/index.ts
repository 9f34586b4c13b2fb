/** A client for Understudy and other services of the same contract, without dependencies. */

export {
  type Client,
  type ClientOptions,
  type CreateOptions,
  createClient,
  type WaitOptions,
} from './client.ts';
export { UnderstudyError } from './errors.ts';
export type {
  CreateRequest,
  Finding,
  ListQuery,
  Quote,
  QuoteRequest,
  Upload,
  Video,
  VideoPage,
  VideoStatus,
} from './types.ts';
export type { UploadSource } from './upload-source.ts';
