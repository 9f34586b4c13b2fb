/**
 * Reads the facts of a clip from its container. Runs inside `video-worker.ts`, where it can be
 * ended from outside.
 */

import {
  ADTS,
  EncodedPacketSink,
  FilePathSource,
  FLAC,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import { findIndexProblem } from './boxes.ts';

export type VideoFacts = {
  container: 'mp4' | 'mov';
  /**
   * Length of the video track, from its first shown frame to the end of its last one; measured from
   * its packets.
   */
  durationMs: number;
  /** Pixels, as displayed: after rotation and pixel aspect. */
  width: number;
  height: number;
  /** Mean frame rate, rounded to a thousandth. */
  fps: number;
  /** Short name such as `avc`; null when it is not known. */
  videoCodec: string | null;
  /** Null when there is no sound track or its codec is not known. */
  audioCodec: string | null;
  hasSound: boolean;
  /** Clockwise, in degrees: 0, 90, 180 or 270. */
  rotation: number;
  sizeBytes: number;
};

/** Facts, or why there are none. */
export type VideoReading =
  | { kind: 'facts'; facts: Omit<VideoFacts, 'sizeBytes'> }
  | { kind: 'other-format'; name: string }
  | { kind: 'unknown-format' }
  /** `isMedia` says that the container was understood, so that the reason is worth telling. */
  | { kind: 'unreadable'; reason: string; isMedia: boolean; detail?: string };

/**
 * Every format here lives in one file; playlists, which name further files, are left out on
 * purpose.
 */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, MPEG_TS, OGG, WAVE, MP3, FLAC, ADTS];

const MILLISECONDS_PER_SECOND = 1000;

export async function readVideoFacts(path: string): Promise<VideoReading> {
  const input = new Input({ formats: FORMATS, source: new FilePathSource(path) });
  try {
    if (!(await input.canRead())) return { kind: 'unknown-format' };
    const format = await input.getFormat();
    if (format !== MP4 && format !== QTFF) return { kind: 'other-format', name: format.name };
    const track = await input.getPrimaryVideoTrack();
    if (track === null) {
      return unreadable((await findIndexProblem(path)) ?? 'it has no video track');
    }
    return await readTrack(input, track, format === MP4 ? 'mp4' : 'mov');
  } finally {
    input.dispose();
  }
}

async function readTrack(
  input: Input,
  track: InputVideoTrack,
  container: VideoFacts['container'],
): Promise<VideoReading> {
  const videoCodec = await track.getCodec();
  if (videoCodec === null) {
    const codec = String(await track.getInternalCodecId());
    return unreadable(`its video codec "${codec}" is not known`);
  }
  const stats = await track.computePacketStats();
  if (stats.packetCount === 0) return unreadable('it has no frames');
  // The tables at the head may promise frames that the file does not hold.
  const sink = new EncodedPacketSink(track);
  const lastPacket = await sink.getPacket(Number.POSITIVE_INFINITY);
  if (lastPacket === null || lastPacket.byteLength === 0) {
    return unreadable('it ends before its last frame');
  }
  const start = Math.max(0, await track.getFirstTimestamp());
  const end = await track.computeDuration();
  const sound = await input.getPrimaryAudioTrack();
  const facts = {
    container,
    durationMs: Math.round((end - start) * MILLISECONDS_PER_SECOND),
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    fps: Math.round(stats.averagePacketRate * 1000) / 1000,
    videoCodec,
    audioCodec: (await sound?.getCodec()) ?? null,
    hasSound: sound !== null,
    rotation: await track.getRotation(),
  };
  return { kind: 'facts', facts };
}

function unreadable(reason: string): VideoReading {
  return { kind: 'unreadable', reason, isMedia: true };
}
