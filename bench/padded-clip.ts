/** Makes a clip as large as wanted out of a small one, whose frames stay what they were. */

import { writeFile } from 'node:fs/promises';
import {
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

/** A filler unit, which decoders skip (ITU-T H.264, 7.3.2.7): its type, ones, then a stop. */
const FILLER_TYPE = 0x0c;
const FILLER_BYTE = 0xff;
const FILLER_STOP = 0x80;
const UNIT_LENGTH_BYTES = 4;

export type PaddedClip = {
  sizeBytes: number;
  /** Whether the index stands before the frames or after them. */
  index: 'first' | 'last';
};

/** @param source An MP4 file with H.264 and lengths of four bytes, as nearly all are. */
export async function makePaddedClip(
  source: string,
  file: string,
  { sizeBytes, index }: PaddedClip,
): Promise<void> {
  const input = new Input({ formats: [MP4], source: new FilePathSource(source) });
  const track = await input.getPrimaryVideoTrack();
  const codec = await track?.getCodec();
  if (!track || codec !== 'avc') throw new Error(`${source} has no H.264 track.`);
  const decoderConfig = await track.getDecoderConfig();
  if (decoderConfig === null) throw new Error(`${source} does not say how it is decoded.`);
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const ownBytes = packets.reduce((sum, packet) => sum + packet.byteLength, 0);
  const paddingBytes = Math.ceil((sizeBytes - ownBytes) / packets.length);

  const target = new BufferTarget();
  const format = new Mp4OutputFormat({ fastStart: index === 'first' ? 'in-memory' : false });
  const output = new Output({ format, target });
  const video = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(video);
  await output.start();
  for (const packet of packets) await video.add(padPacket(packet, paddingBytes), { decoderConfig });
  await output.finalize();
  input.dispose();
  if (target.buffer === null) throw new Error('The clip was not written.');
  await writeFile(file, new Uint8Array(target.buffer));
}

function padPacket(packet: EncodedPacket, paddingBytes: number): EncodedPacket {
  const filler = Buffer.alloc(paddingBytes, FILLER_BYTE);
  filler.writeUInt32BE(paddingBytes - UNIT_LENGTH_BYTES);
  filler[UNIT_LENGTH_BYTES] = FILLER_TYPE;
  filler[paddingBytes - 1] = FILLER_STOP;
  return packet.clone({ data: Buffer.concat([packet.data, filler]) });
}
