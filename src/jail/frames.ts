/**
 * Messages over a byte stream, each a piece of JSON and some bytes, with a limit on both: Node's
 * own channel would take any length, and a child that reads strangers' files may say anything.
 */

import type { Duplex } from 'node:stream';

/** Where the child finds the stream to its parent. */
export const CHANNEL_DESCRIPTOR = 3;

export type Frame = { message: unknown; bytes: Buffer };

/** Two lengths of 32 bits: of the JSON text, and of the bytes behind it. */
const HEAD_BYTES = 8;
const BYTES_OFFSET = 4;

export type FrameReaderOptions = {
  stream: Duplex;
  /** Text and bytes of one message together. */
  frameBytesMax: number;
  onFrame(frame: Frame): void;
  /** What came is too long or no message; nothing is read any more. */
  onNonsense(why: string): void;
};

/** Sends one message; what the other side no longer reads is dropped. */
export function writeFrame(stream: Duplex, message: unknown, bytes?: Uint8Array): void {
  if (stream.destroyed) return;
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt32BE(bytes?.length ?? 0, BYTES_OFFSET);
  stream.write(Buffer.concat([head, text]));
  if (bytes && bytes.length > 0) stream.write(bytes);
}

/** Calls `onFrame` for each whole message, in order. */
export function readFrames(options: FrameReaderOptions): void {
  const { stream, frameBytesMax, onFrame, onNonsense } = options;
  let chunks: Buffer[] = [];
  let heldBytes = 0;
  let wantedBytes = HEAD_BYTES;
  let isOver = false;
  const stop = (why: string) => {
    isOver = true;
    chunks = [];
    onNonsense(why);
  };
  stream.on('data', (chunk: Buffer) => {
    if (isOver) return;
    chunks.push(chunk);
    heldBytes += chunk.length;
    while (!isOver && heldBytes >= wantedBytes) {
      const held = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      chunks = [held];
      const [textBytes, moreBytes] = [held.readUInt32BE(0), held.readUInt32BE(BYTES_OFFSET)];
      wantedBytes = HEAD_BYTES + textBytes + moreBytes;
      if (wantedBytes - HEAD_BYTES > frameBytesMax) {
        stop(`a message of ${wantedBytes} bytes; at most ${frameBytesMax} are read`);
        return;
      }
      if (heldBytes < wantedBytes) return;
      const frame = takeFrame(held, textBytes, wantedBytes);
      chunks = [held.subarray(wantedBytes)];
      heldBytes -= wantedBytes;
      wantedBytes = HEAD_BYTES;
      if (frame) onFrame(frame);
      else stop('a message that is no JSON');
    }
  });
  // The end of the process tells the same, and more.
  stream.on('error', () => {});
}

function takeFrame(held: Buffer, textBytes: number, endBytes: number): Frame | null {
  const textEnd = HEAD_BYTES + textBytes;
  try {
    const message: unknown = JSON.parse(held.toString('utf8', HEAD_BYTES, textEnd));
    return { message, bytes: held.subarray(textEnd, endBytes) };
  } catch {
    return null;
  }
}
