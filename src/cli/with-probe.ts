/** A probe for one command, gone with its folder when the command is. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createProbe, type Probe } from '../probe/probe.ts';

export async function withProbe<T>(
  limits: Config['limits'],
  work: (probe: Probe) => Promise<T>,
): Promise<T> {
  const workDir = await mkdtemp(join(tmpdir(), 'understudy-probe-'));
  const probe = createProbe({ workDir, limits });
  try {
    return await work(probe);
  } finally {
    await probe.close();
    await rm(workDir, { recursive: true, force: true });
  }
}
