/** Clips of kinds that only FFmpeg writes; they are left out where it is not installed. */

import { rename } from 'node:fs/promises';
import { type ClipTruth, clipTruth, type OddFile } from './odd-file.ts';
import { runFfmpeg } from './tools.ts';

const PICTURES = ['-f', 'lavfi', '-i', 'testsrc2=size=144x160:rate=10:duration=3'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=3'];
const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];

type Ending = 'mp4' | 'mov';

function written(
  name: string,
  ending: Ending,
  args: readonly string[],
  truth: Partial<ClipTruth> | RegExp,
): OddFile<ClipTruth> {
  return {
    name,
    async make(file) {
      // The ending decides about the container.
      await runFfmpeg([...args, `${file}.${ending}`]);
      await rename(`${file}.${ending}`, file);
    },
    truth: truth instanceof RegExp ? truth : clipTruth(truth),
  };
}

const prores = (profile: string, format: string) => [
  ...PICTURES,
  ...['-c:v', 'prores_ks', '-profile:v', profile, '-pix_fmt', format],
];
const CANNOT = /cannot be decoded here/;

export const TOOL_CLIPS: readonly OddFile<ClipTruth>[] = [
  written('ProRes 422 in mov', 'mov', prores('2', 'yuv422p10le'), { videoCodec: 'prores' }),
  written('ProRes 4444 in mov', 'mov', prores('4', 'yuva444p10le'), { videoCodec: 'prores' }),
  written(
    'HEVC of 10 bits, HDR',
    'mp4',
    [
      ...PICTURES,
      ...['-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1'],
      ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      ...['-x265-params', 'log-level=error:hdr10=1'],
    ],
    { videoCodec: 'hevc' },
  ),
  written(
    'HEVC with its parameters in the stream',
    'mp4',
    [...PICTURES, '-c:v', 'libx265', '-tag:v', 'hev1', '-x265-params', 'log-level=error'],
    { videoCodec: 'hevc' },
  ),
  written('AV1 by another encoder', 'mp4', [...PICTURES, '-c:v', 'libaom-av1', '-cpu-used', '8'], {
    videoCodec: 'av1',
  }),
  written(
    'H.264 of 10 bits',
    'mp4',
    [...PICTURES, '-c:v', 'libx264', '-pix_fmt', 'yuv422p10le'],
    {},
  ),
  written('frames out of order', 'mp4', [...PICTURES, ...H264, '-bf', '3'], {}),
  written(
    'frames out of order, shifted back',
    'mp4',
    [...PICTURES, ...H264, '-bf', '3', '-movflags', 'negative_cts_offsets'],
    {},
  ),
  written(
    'frames out of order, no edit list',
    'mp4',
    [...PICTURES, ...H264, '-bf', '3', '-use_editlist', '0'],
    {},
  ),
  written('interlaced', 'mp4', [...PICTURES, ...H264, '-flags', '+ilme+ildct'], {}),
  written(
    'variable rate with a gap',
    'mp4',
    [...PICTURES, '-vf', "select='lt(n,10)+gt(n,19)'", '-vsync', 'vfr', ...H264],
    { fps: 20 / 3 },
  ),
  written(
    'fragmented at every frame',
    'mp4',
    [...PICTURES, ...H264, '-movflags', 'frag_every_frame+empty_moov+default_base_moof'],
    {},
  ),
  written(
    'fragmented with sound and an index of fragments',
    'mp4',
    [...PICTURES, ...SOUND, ...H264, '-movflags', 'frag_keyframe+global_sidx'],
    { hasSound: true },
  ),
  written(
    'sound first, then two tracks of it and a clock',
    'mov',
    [
      ...[...PICTURES, ...SOUND, '-map', '1:a', '-map', '0:v', '-map', '1:a'],
      ...[...H264, '-timecode', '01:00:00:00'],
    ],
    { hasSound: true },
  ),
  written(
    'sound that begins before the picture',
    'mp4',
    ['-itsoffset', '0.7', ...PICTURES, ...SOUND, ...H264, '-vsync', 'passthrough'],
    { hasSound: true },
  ),
  written('Opus in mp4', 'mp4', [...PICTURES, ...SOUND, ...H264, '-c:a', 'libopus'], {
    hasSound: true,
  }),
  written('uncompressed sound', 'mov', [...PICTURES, ...SOUND, ...H264, '-c:a', 'pcm_s16le'], {
    hasSound: true,
  }),
  written(
    'a cover picture as a second track',
    'mp4',
    [
      ...[...PICTURES, '-f', 'lavfi', '-i', 'color=size=300x300:duration=0.1:rate=10'],
      ...['-map', '0:v', '-map', '1:v', ...H264, '-c:v:1', 'mjpeg', '-frames:v:1', '1'],
      ...['-pix_fmt:v:1', 'yuvj420p', '-disposition:v:1', 'attached_pic'],
    ],
    {},
  ),
  written(
    'the largest unit of time',
    'mp4',
    [...PICTURES, ...H264, '-video_track_timescale', '9000000'],
    {},
  ),
  written('MPEG-4 Visual', 'mp4', [...PICTURES, '-c:v', 'mpeg4'], CANNOT),
  written('motion JPEG', 'mov', [...PICTURES, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'], CANNOT),
  written('Animation', 'mov', [...PICTURES, '-c:v', 'qtrle'], CANNOT),
  written(
    'encrypted',
    'mp4',
    [
      ...[...PICTURES, ...H264, '-encryption_scheme', 'cenc-aes-ctr'],
      ...['-encryption_key', '00112233445566778899aabbccddeeff'],
      ...['-encryption_kid', '112233445566778899aabbccddeeff00'],
    ],
    /encrypted/,
  ),
];
