/** Brings the sound of a clip into a new file: AAC as it is, anything else encoded anew. */

import {
  AudioSampleSink,
  AudioSampleSource,
  type AudioSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  Quality,
} from 'mediabunny';
import { findShown, untilDamage } from '../media/clip.ts';
import { CLIP_FORMATS, registerCodecs } from '../media/codecs.ts';

export type SoundTrack = {
  /** Add it to the output before the output is started. */
  source: AudioSource;
  /** No more packets than this will come. */
  packetCountMax: number;
  /**
   * Writes the sound up to this time; call it as the pictures go on, so that neither waits in
   * memory for the other.
   */
  writeUntil(seconds: number): Promise<void>;
  /** Frees the clip. */
  close(): void;
};

/** Sound that is encoded anew gets this many bits a second. */
const AAC_BITRATE = 160_000;

/** Samples in one AAC packet. */
const AAC_PACKET_SAMPLES = 1024;

/** Room for the packets that an encoder adds at both ends. */
const SPARE_PACKETS = 16;

/**
 * Opens the sound of a clip from its first picture on, cut after `endSeconds`.
 *
 * @returns null when the clip has no sound, or none that can be decoded
 */
export async function openSound(file: string, endSeconds: number): Promise<SoundTrack | null> {
  registerCodecs();
  const input = new Input({ formats: [...CLIP_FORMATS], source: new FilePathSource(file) });
  try {
    const track = await input.getPrimaryAudioTrack();
    const video = await input.getPrimaryVideoTrack();
    const start = video ? (await findShown(video, file)).start : 0;
    const cut = { start, seconds: endSeconds };
    const config = track && (await track.getDecoderConfig());
    if (track !== null && config !== null && (await track.getCodec()) === 'aac') {
      return await copySound(input, track, config, cut);
    }
    if (track !== null && (await track.canDecode())) {
      return await encodeSound(input, track, cut);
    }
    input.dispose();
    return null;
  } catch (error) {
    input.dispose();
    throw error;
  }
}

/** From where on the clock of the file, and how much of it. */
type Cut = { start: number; seconds: number };

async function* shift<T>(
  items: AsyncGenerator<T, void, unknown>,
  change: (item: T) => T,
): AsyncGenerator<T, void, unknown> {
  for await (const item of items) yield change(item);
}

async function copySound(
  input: Input,
  track: InputAudioTrack,
  config: AudioDecoderConfig,
  { start, seconds }: Cut,
): Promise<SoundTrack> {
  const source = new EncodedAudioPacketSource('aac');
  const sink = new EncodedPacketSink(track);
  const packets = shift(sink.packets(), (packet) =>
    packet.clone({ timestamp: packet.timestamp - start }),
  );
  const { packetCount } = await track.computePacketStats();
  return {
    source,
    packetCountMax: packetCount,
    writeUntil: pump(packets, seconds, (packet) => source.add(packet, { decoderConfig: config })),
    close: () => input.dispose(),
  };
}

async function encodeSound(
  input: Input,
  track: InputAudioTrack,
  { start, seconds }: Cut,
): Promise<SoundTrack> {
  const source = new AudioSampleSource({
    codec: 'aac',
    quality: new Quality({ bitrate: AAC_BITRATE }),
  });
  const sink = new AudioSampleSink(track);
  let heardSeconds = 0;
  const heard = untilDamage(sink.samples(start, start + seconds), () => heardSeconds, 'sound');
  const samples = shift(heard, (sample) => {
    sample.setTimestamp(sample.timestamp - start);
    heardSeconds = sample.timestamp + sample.duration;
    return sample;
  });
  const sampleRate = await track.getSampleRate();
  return {
    source,
    packetCountMax: Math.ceil((seconds * sampleRate) / AAC_PACKET_SAMPLES) + SPARE_PACKETS,
    writeUntil: pump(samples, seconds, async (sample) => {
      await source.add(sample);
      sample.close();
    }),
    close: () => input.dispose(),
  };
}

type Timed = { timestamp: number; duration: number; close?(): void };

/**
 * Takes from `items` on demand, leaving out what lies before the start or reaches beyond the end.
 */
function pump<T extends Timed>(
  items: AsyncGenerator<T, void, unknown>,
  endSeconds: number,
  write: (item: T) => Promise<void>,
): (seconds: number) => Promise<void> {
  /** A packet that reaches this little beyond the end is only rounded differently. */
  const tolerance = 0.002;
  let waiting: T | null = null;
  let isOver = false;
  return async (seconds) => {
    while (!isOver) {
      waiting ??= (await items.next()).value ?? null;
      const beyond =
        waiting === null || waiting.timestamp + waiting.duration > endSeconds + tolerance;
      if (waiting === null || beyond) {
        waiting?.close?.();
        isOver = true;
        await items.return();
        return;
      }
      if (waiting.timestamp > seconds) return;
      const item = waiting;
      waiting = null;
      if (item.timestamp < 0) item.close?.();
      else await write(item);
    }
  };
}
