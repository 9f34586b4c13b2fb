/** Makes the inputs of a case and tells what the pre-flight says of them. */

import { join } from 'node:path';
import { type PreflightFinding, preflight } from '@understudy/motion';
import type { Case, Source } from './cases.ts';

export type Seen = {
  findings: PreflightFinding[];
  /** `severity subject code` of each. */
  codes: string[];
  isRight: boolean;
  cpuSeconds: number;
};

export async function runCase({ picture, clip, expected }: Case, folder: string): Promise<Seen> {
  const imageFile = await bring(picture, join(folder, 'picture.png'));
  const videoFile = await bring(clip, join(folder, 'clip.mp4'));
  const before = process.cpuUsage();
  const findings = await preflight({ imageFile, videoFile });
  const { user, system } = process.cpuUsage(before);
  const codes = findings.map(({ severity, subject, code }) => `${severity} ${subject} ${code}`);
  const isRight = codes.toSorted().join() === expected.toSorted().join();
  return { findings, codes, isRight, cpuSeconds: (user + system) / 1e6 };
}

async function bring(source: Source, file: string): Promise<string> {
  if (typeof source === 'string') return source;
  await source.make(file);
  return file;
}
