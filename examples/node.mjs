/**
 * Submits a task, waits for its end, and downloads the video; needs nothing but Node.
 *
 *   export UNDERSTUDY_URL=http://127.0.0.1:8787 UNDERSTUDY_KEY=us_…
 *   node examples/node.mjs PICTURE_URL CLIP_URL out.mp4
 */

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

const [image_url, video_url, output = 'out.mp4'] = process.argv.slice(2);
const url = process.env.UNDERSTUDY_URL ?? 'http://127.0.0.1:8787';
const authorization = `Bearer ${process.env.UNDERSTUDY_KEY}`;

async function call(path, options = {}) {
  const answer = await fetch(`${url}${path}`, {
    ...options,
    headers: { authorization, ...options.headers },
  });
  if (answer.ok) return answer;
  const { message, error } = await answer.json();
  throw new Error(`${answer.status} ${message} ${error?.hint ?? ''}`);
}

const submitted = await call('/v1/videos/generations', {
  method: 'POST',
  // Sent again after a lost answer, the same key makes the same task and not a second one.
  headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
  body: JSON.stringify({
    model: 'kling-v3-motion-control',
    image_url,
    video_url,
    character_orientation: 'image',
    mode: 'std',
  }),
});
const [{ task_id: taskId }] = (await submitted.json()).data;
console.log(`task ${taskId}`);

for (;;) {
  // Answers as soon as something changes, at the latest after 30 s.
  const video = await (await call(`/v1/videos/${taskId}?wait=30`)).json();
  console.log(video.status, video.stage, `${video.progress} %`);
  if (video.status === 'failed' || video.status === 'cancelled') {
    throw new Error(video.error?.message ?? video.status);
  }
  if (video.status === 'completed') {
    const content = await fetch(video.url);
    await writeFile(output, Buffer.from(await content.arrayBuffer()));
    console.log(`${output}, for $${video.usage.charged_usd}`);
    break;
  }
}
