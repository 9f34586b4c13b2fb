/**
 * Reads the facts of a clip from its container, in as few and small reads as it takes. Runs in the
 * probe's jailed child.
 */

import { registerMediabunnyServer } from '@mediabunny/server';
import {
  ADTS,
  CustomSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import type { ReadRange } from '../jail/inmate.ts';
import { type Edit, findIndexProblem, isEncrypted, listTableBoxes, readEdits } from './boxes.ts';
import { openPages, type Pages } from './pages.ts';
import { findTableProblem } from './tables.ts';
import type { VideoReading } from './wire.ts';

/**
 * Every format here lives in one file; playlists, which name further files, are left out on
 * purpose.
 */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, MPEG_TS, OGG, WAVE, MP3, FLAC, ADTS];

/** Hours of frames; tables can promise billions of them in a few bytes. */
const FRAMES_MAX = 500_000;

const MILLISECONDS_PER_SECOND = 1000;

Logging.level = LogLevel.Silent;
// The decoders themselves stay asleep: they are only asked what they know.
registerMediabunnyServer({ hardwareContext: null });

/** @throws what the reader of the container throws at a damaged one. */
export async function readVideoFacts(sizeBytes: number, read: ReadRange): Promise<VideoReading> {
  const pages = openPages(sizeBytes, read);
  const source = openSource(pages);
  const input = new Input({ formats: FORMATS, source: source.custom });
  try {
    if (sizeBytes === 0 || !(await input.canRead())) return { kind: 'unknown-format' };
    const format = await input.getFormat();
    if (format !== MP4 && format !== QTFF) return { kind: 'other-format', name: format.name };
    const lie = await findTableProblem(pages, await listTableBoxes(pages));
    if (lie !== null) return unreadable(lie);
    const track = await input.getPrimaryVideoTrack();
    if (track === null) {
      return unreadable((await findIndexProblem(pages)) ?? 'it has no video track');
    }
    const problem = (await findCodecProblem(track)) ?? (await findDataProblem(track, source));
    if (problem !== null) return unreadable(problem);
    return await readTrack(input, track, pages, format === MP4 ? 'mp4' : 'mov');
  } catch (error) {
    if (await isEncrypted(pages).catch(() => false)) return unreadable('it is encrypted');
    throw error;
  } finally {
    input.dispose();
  }
}

type Source = { custom: CustomSource; skipsData: boolean };

/** Reads through pages; with `skipsData` what was not read before comes as zeros, unread. */
function openSource(pages: Pages): Source {
  const source: Source = {
    skipsData: false,
    custom: new CustomSource({
      getSize: () => pages.sizeBytes,
      read: (start, end) => {
        if (!source.skipsData) return pages.read(start, end);
        return pages.recall(start, end) ?? new Uint8Array(end - start);
      },
      prefetchProfile: 'none',
    }),
  };
  return source;
}

async function findCodecProblem(track: InputVideoTrack): Promise<string | null> {
  const codec = await track.getCodec();
  if (codec === null) {
    const name = String(await track.getInternalCodecId());
    return `its pictures are coded as "${name}", which cannot be decoded here`;
  }
  if (await track.canDecode()) return null;
  return `its pictures are coded as "${codec}" in a form that cannot be decoded here`;
}

/**
 * The tables at the head may promise frames that the file does not hold. Whether the last one lies
 * within the file is known without reading it, and it may be large.
 */
async function findDataProblem(track: InputVideoTrack, source: Source): Promise<string | null> {
  const sink = new EncodedPacketSink(track);
  const promised = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true });
  if (promised === null) return 'it has no frames';
  source.skipsData = true;
  const held = await sink.getPacket(Number.POSITIVE_INFINITY);
  source.skipsData = false;
  return held === null || held.byteLength === 0 ? 'it ends before its last frame' : null;
}

async function readTrack(
  input: Input,
  track: InputVideoTrack,
  pages: Pages,
  container: 'mp4' | 'mov',
): Promise<VideoReading> {
  const span = await measurePackets(track);
  const shown = findShown(span, await readEdits(pages, track.id));
  if (shown === null) {
    return unreadable('its edit list puts it together from pieces or changes its speed');
  }
  const durationMs = Math.round((shown.endSeconds - shown.startSeconds) * MILLISECONDS_PER_SECOND);
  const fps = Math.round((1 / span.frameSeconds) * 1000) / 1000;
  if (!Number.isSafeInteger(durationMs) || durationMs < 0 || !(fps > 0 && fps < Infinity)) {
    return unreadable('the times of its frames make no sense');
  }
  const sound = await input.getPrimaryAudioTrack();
  const facts = {
    container,
    durationMs,
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    fps,
    videoCodec: String(await track.getCodec()),
    audioCodec: (await sound?.getCodec()) ?? null,
    hasSound: sound !== null,
    rotation: await track.getRotation(),
  };
  return { kind: 'facts', facts };
}

/** What the packets of a track cover; the lengths in the headers are never asked. */
type Span = {
  startSeconds: number;
  endSeconds: number;
  /** Mean length of a frame. */
  frameSeconds: number;
};

async function measurePackets(track: InputVideoTrack): Promise<Span> {
  const times = { first: Infinity, last: -Infinity, end: -Infinity, count: 0 };
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    const { timestamp, duration } = packet;
    times.first = Math.min(times.first, timestamp);
    times.last = Math.max(times.last, timestamp);
    times.end = Math.max(times.end, timestamp + duration);
    times.count += 1;
    if (times.count > FRAMES_MAX) throw new Error(`it has more than ${FRAMES_MAX} frames`);
  }
  const { first, last, count } = times;
  // Some recorders give the last frame no length at all; it is shown as long as the others.
  const end = times.end > last || count < 2 ? times.end : last + (last - first) / (count - 1);
  return { startSeconds: first, endSeconds: end, frameSeconds: (end - first) / count };
}

/**
 * An edit list may begin a track after its first packet and end it before its last, as in a trimmed
 * recording. One that goes on for longer than the packets lies.
 *
 * @returns null when what is shown is not one piece at the speed of the recording.
 */
function findShown(
  { startSeconds, endSeconds, frameSeconds }: Span,
  edits: readonly Edit[],
): { startSeconds: number; endSeconds: number } | null {
  const pieces = edits.filter((edit) => !edit.isEmpty);
  const [piece] = pieces;
  if (piece === undefined) return { startSeconds: Math.max(0, startSeconds), endSeconds };
  if (pieces.length > 1 || piece.rate !== 1) return null;
  const leadingEdits = edits.slice(0, edits.indexOf(piece));
  const delaySeconds = leadingEdits.reduce((sum, edit) => sum + edit.durationSeconds, 0);
  const listedEnd = delaySeconds + (piece.durationSeconds || Infinity);
  // Edits are written in coarser units than frames, so a small difference is rounding.
  const isTrimmed = endSeconds - listedEnd > frameSeconds;
  return {
    startSeconds: Math.max(delaySeconds, startSeconds),
    endSeconds: isTrimmed ? listedEnd : endSeconds,
  };
}

function unreadable(reason: string): VideoReading {
  return { kind: 'unreadable', reason };
}
