/** FFmpeg, never needed: where it is installed, more kinds of clips and a second opinion. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Opinion = {
  /** As its headers have it, an edit list taken into account. */
  durationSeconds: number;
  /** From the first to the last packet that is shown. */
  packetSeconds: number;
  width: number;
  height: number;
  fps: number;
  codec: string;
};

export async function hasTool(name: 'ffmpeg' | 'ffprobe'): Promise<boolean> {
  return await run(name, ['-version']).then(
    () => true,
    () => false,
  );
}

/** @throws when this build of FFmpeg lacks an encoder. */
export async function runFfmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...args]);
}

type Stream = {
  duration?: string;
  width: number;
  height: number;
  sample_aspect_ratio?: string;
  avg_frame_rate: string;
  codec_name: string;
  side_data_list?: { rotation?: number }[];
};
type Packet = { pts_time?: string; duration_time?: string; flags: string };

/** What ffprobe says of the first track of pictures; null when it finds none. */
export async function askFfprobe(file: string): Promise<Opinion | null> {
  const show = ['-show_streams', '-show_packets', '-of', 'json'];
  const args = ['-v', 'error', '-select_streams', 'v:0', ...show, file];
  const { stdout } = await run('ffprobe', args, { maxBuffer: 64 * 1024 * 1024 });
  const { streams = [], packets = [] }: { streams?: Stream[]; packets?: Packet[] } =
    JSON.parse(stdout);
  const [stream] = streams;
  if (stream === undefined) return null;
  const [across = 1, down = 1] = (stream.sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const isWide = across > 0 && down > 0;
  const width = isWide ? Math.round((stream.width * across) / down) : stream.width;
  const turn = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  const packetSeconds = measurePackets(packets);
  const isSideways = Math.abs(turn) % 180 === 90;
  return {
    durationSeconds: Number(stream.duration ?? packetSeconds),
    packetSeconds,
    width: isSideways ? stream.height : width,
    height: isSideways ? width : stream.height,
    fps: divide(stream.avg_frame_rate),
    codec: stream.codec_name,
  };
}

/** Packets that an edit list hides are marked with a D. */
function measurePackets(packets: readonly Packet[]): number {
  const shown = packets.filter(({ flags, pts_time }) => !flags.includes('D') && pts_time);
  const starts = shown.map(({ pts_time }) => Number(pts_time));
  const ends = shown.map(
    ({ pts_time, duration_time = '0' }) => Number(pts_time) + Number(duration_time),
  );
  return Math.max(...ends) - Math.min(...starts);
}

function divide(ratio: string): number {
  const [over = 0, under = 1] = ratio.split('/').map(Number);
  return over / under;
}
