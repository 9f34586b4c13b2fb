/** The ground truth: where every main joint of the figures is seen, in pixels. */

import { project } from './camera.ts';
import { BEATS, DURATION_S, poseDance } from './dance.ts';
import { type Setting, STAGE, STUDIO } from './rooms.ts';
import { listJoints, type Pose, poseSkeleton } from './skeleton.ts';
import { STANDING } from './stand.ts';

export const CLIP = { width: 576, height: 1024, fps: 24 } as const;
export const PICTURE = { width: 864, height: 1536 } as const;
export const FRAME_COUNT = Math.round(DURATION_S * CLIP.fps);

/** x and y of each joint in the order of `names`, in pixels from the upper left corner. */
type Row = number[];

export type JointsFile = {
  names: string[];
  clip: { width: number; height: number; fps: number; frames: Row[] };
  character: { width: number; height: number; joints: Row };
};

export function beatOf(frame: number): number {
  return (frame / FRAME_COUNT) * BEATS;
}

function locate(setting: Setting, pose: Pose, width: number, height: number): Map<string, Row> {
  const camera = setting.aim(width, height);
  const joints = listJoints(poseSkeleton(setting.look.build, pose));
  const round = (value: number): number => Math.round(value * 10) / 10;
  return new Map(
    Object.entries(joints).map(([name, point]) => [name, project(camera, point).map(round)]),
  );
}

export function listAllJoints(): JointsFile {
  const standing = locate(STAGE, STANDING, PICTURE.width, PICTURE.height);
  const frames = Array.from({ length: FRAME_COUNT }, (_, frame) =>
    locate(STUDIO, poseDance(beatOf(frame)), CLIP.width, CLIP.height),
  );
  return {
    names: [...standing.keys()],
    clip: { ...CLIP, frames: frames.map((joints) => [...joints.values()].flat()) },
    character: { ...PICTURE, joints: [...standing.values()].flat() },
  };
}

const LINE_COLUMNS = 100;

/** JSON as the formatter of this repository likes it: numbers fill their lines. */
export function formatJoints(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const numbers = value.every((item) => typeof item === 'number');
    const lines = numbers
      ? fillLines(value.map(String), inner)
      : value.map((item) => inner + formatJoints(item, inner)).join(',\n');
    return `[\n${lines}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([name, field]) => `${inner}${JSON.stringify(name)}: ${formatJoints(field, inner)}`,
    );
    return `{\n${fields.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

function fillLines(words: string[], indent: string): string {
  const lines: string[] = [];
  let line = indent;
  words.forEach((word, i) => {
    const next = i === words.length - 1 ? word : `${word},`;
    const joined = line === indent ? line + next : `${line} ${next}`;
    if (joined.length > LINE_COLUMNS) lines.push(line);
    line = joined.length > LINE_COLUMNS ? indent + next : joined;
  });
  return [...lines, line].join('\n');
}
