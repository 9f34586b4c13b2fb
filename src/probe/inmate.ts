/** The jailed child of the probe: everything that opens a stranger's picture or clip runs here. */

import { serveJobs } from '../jail/inmate.ts';
import { readImageFacts } from './image-facts.ts';
import { readVideoFacts } from './video-facts.ts';
import type { ProbeJob } from './wire.ts';

serveJobs(async (asked, read) => {
  const job = asked as ProbeJob;
  if (job.kind === 'video') return await readVideoFacts(job.sizeBytes, read);
  return await readImageFacts(job, read);
});
