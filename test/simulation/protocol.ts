/**
 * As much of PostgreSQL's protocol 3.0 (chapter "Frontend/Backend Protocol", message formats) as
 * prepared statements with parameters in text need.
 */

export type Column = { name: string; parse: (text: string) => unknown };

export type Answer = { columns: Column[]; rows: Record<string, unknown>[]; tag: string };

/** What the server refused, with the fields that the drivers give too. */
class StatementError extends Error {
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(fields: ReadonlyMap<string, string>) {
    super(fields.get('M') ?? 'the server refused');
    this.name = 'StatementError';
    this.code = fields.get('C') ?? '';
    this.constraint = fields.get('n');
  }
}

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
/** Of the unnamed portal, all rows. */
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const NULL_LENGTH = -1;

/** Parse, Describe and Sync. */
export function encodeParse(name: string, text: string): Uint8Array {
  const parse = frame('P', [cString(name), cString(text), int16(0)]);
  return Buffer.concat([parse, frame('D', [Buffer.from('S'), cString(name)]), SYNC]);
}

/** Bind, Execute and Sync; all values in text, in and out. */
export function encodeBind(name: string, values: readonly (string | null)[]): Uint8Array {
  const parts = [cString(''), cString(name), int16(0), int16(values.length)];
  for (const value of values) {
    if (value === null) {
      parts.push(int32(NULL_LENGTH));
      continue;
    }
    const bytes = Buffer.from(value);
    parts.push(int32(bytes.length), bytes);
  }
  parts.push(int16(0));
  return Buffer.concat([frame('B', parts), EXECUTE, SYNC]);
}

/** A parameter as the server reads it. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value))
    return `{${value.map((item) => JSON.stringify(String(item))).join(',')}}`;
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

type ParserOf = (oid: number) => (text: string) => unknown;

/** Reads all messages of an answer. Throws `StatementError`. */
export function createDecoder(parserOf: ParserOf) {
  return (bytes: Uint8Array, known: Column[]): Answer => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const answer: Answer = { columns: known, rows: [], tag: '' };
    for (let at = 0; at + 5 <= buffer.length; ) {
      const kind = buffer.toString('latin1', at, at + 1);
      const end = at + 1 + buffer.readInt32BE(at + 1);
      const body = buffer.subarray(at + 5, end);
      if (kind === 'E') throw new StatementError(readFields(body));
      if (kind === 'T') answer.columns = readColumns(body, parserOf);
      if (kind === 'D') answer.rows.push(readRow(body, answer.columns));
      if (kind === 'C') answer.tag = readCString(body, 0);
      at = end;
    }
    return answer;
  };
}

function readFields(body: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const value = readCString(body, at + 1);
    fields.set(body.toString('latin1', at, at + 1), value);
    at += 2 + Buffer.byteLength(value);
  }
  return fields;
}

/** After each name: table, attribute, type, length, modifier and format, 18 bytes. */
function readColumns(body: Buffer, parserOf: ParserOf): Column[] {
  const columns: Column[] = [];
  for (let at = 2; at < body.length; ) {
    const name = readCString(body, at);
    at += Buffer.byteLength(name) + 1;
    columns.push({ name, parse: parserOf(body.readInt32BE(at + 6)) });
    at += 18;
  }
  return columns;
}

function readRow(body: Buffer, columns: readonly Column[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  let at = 2;
  for (const { name, parse } of columns) {
    const length = body.readInt32BE(at);
    at += 4;
    row[name] = length === NULL_LENGTH ? null : parse(body.toString('utf8', at, at + length));
    if (length !== NULL_LENGTH) at += length;
  }
  return row;
}

function frame(kind: string, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(kind), int32(length), ...parts]);
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function readCString(buffer: Buffer, at: number): string {
  return buffer.toString('utf8', at, buffer.indexOf(0, at));
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
