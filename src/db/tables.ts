/** The rows of the database as TypeScript sees them; `migrations/` is the truth. */

import type { ColumnType, Generated } from 'kysely';

export type TaskState =
  | 'submitted'
  | 'inspected'
  | 'running'
  | 'rendered'
  | 'stored'
  | 'completed'
  | 'failed'
  | 'cancelled';

export type TransferKind = 'deposit' | 'hold' | 'settle' | 'release';
export type Book = 'customer_available' | 'customer_held' | 'revenue' | 'funding';

export type AccountTable = {
  id: string;
  name: string;
  available_nanos: Generated<bigint>;
  held_nanos: Generated<bigint>;
  created_at: Date;
};

export type ApiKeyTable = {
  id: string;
  account_id: string;
  name: string;
  role: 'customer' | 'admin';
  prefix: string;
  hash: Uint8Array;
  created_at: Date;
  revoked_at: Date | null;
};

export type LedgerTransferTable = {
  id: string;
  kind: TransferKind;
  account_id: string;
  hold_id: string | null;
  reference: string;
  amount_nanos: bigint;
  created_at: Date;
};

export type LedgerEntryTable = {
  transfer_id: string;
  book: Book;
  account_id: string | null;
  amount_nanos: bigint;
};

/** JSON is written as text and read as a shape that only the domain that wrote it knows. */
type DefaultedJson = ColumnType<unknown, string | undefined, string>;
type NullableJson = ColumnType<unknown, string | null, string | null>;

export type TaskTable = {
  id: string;
  account_id: string;
  key_id: string;
  request_id: string;
  external_task_id: string | null;
  state: TaskState;
  stage: string;
  progress: number;
  version: Generated<bigint>;
  model: string;
  engine: string;
  mode: 'std' | 'pro';
  orientation: 'image' | 'video';
  image_url: string;
  video_url: string;
  prompt: string | null;
  keep_original_sound: boolean;
  watermark: boolean;
  duration_seconds: number | null;
  rate_nanos_per_ms: bigint;
  billing_rule: string;
  billable_ms_min: number;
  billable_ms_max: number;
  hold_id: string;
  held_nanos: bigint;
  charged_nanos: bigint | null;
  image: NullableJson;
  video: NullableJson;
  reference_ms: number | null;
  billable_ms: number | null;
  operation: NullableJson;
  engine_starts: Generated<number>;
  engine_failures: Generated<number>;
  step_failures: Generated<number>;
  warnings: DefaultedJson;
  result: NullableJson;
  error: NullableJson;
  lease_id: string | null;
  lease_until: Date | null;
  due_at: Date;
  created_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
  deadline_at: Date;
  expires_at: Date | null;
  purged_at: Date | null;
  quote_id: string | null;
  deleted_at: Date | null;
  lease_node_id: string | null;
  node_id: string | null;
  holds_slot: Generated<boolean>;
  stripped_at: Date | null;
  inspections: Generated<number>;
};

export type ChoreTable = { name: string; due_at: Date };

export type NodeTable = {
  id: string;
  role: 'all' | 'api' | 'worker';
  host: string;
  pid: number;
  started_at: Date;
  heartbeat_at: Date;
};

export type AccountTurnTable = { account_id: string; turn: bigint };

export type IdempotencyKeyTable = {
  account_id: string;
  key: string;
  request_sha256: string;
  answer: ColumnType<unknown, string, string>;
  created_at: Date;
  expires_at: Date;
};

export type UploadTable = {
  id: string;
  account_id: string;
  state: 'arriving' | 'stored' | 'removing';
  kind: 'image' | 'video' | null;
  content_type: string | null;
  storage_key: string | null;
  size_bytes: bigint | null;
  sha256: string | null;
  created_at: Date;
  expires_at: Date;
};

export type QuoteTable = {
  id: string;
  account_id: string;
  state: 'probing' | 'ready' | 'removing';
  model: string;
  mode: 'std' | 'pro';
  orientation: 'image' | 'video';
  image_url: string;
  video_url: string;
  rate_nanos_per_ms: bigint;
  billing_rule: string;
  billable_ms_min: number;
  billable_ms_max: number;
  image: NullableJson;
  video: NullableJson;
  reference_ms: number | null;
  billable_ms: number | null;
  findings: DefaultedJson;
  created_at: Date;
  expires_at: Date;
};

export type Tables = {
  account: AccountTable;
  api_key: ApiKeyTable;
  ledger_transfer: LedgerTransferTable;
  ledger_entry: LedgerEntryTable;
  task: TaskTable;
  idempotency_key: IdempotencyKeyTable;
  node: NodeTable;
  account_turn: AccountTurnTable;
  chore: ChoreTable;
  upload: UploadTable;
  quote: QuoteTable;
};
