/** Which uploads tasks still have to read: until a task has its own copies, it needs them. */

import type { Tx } from '../db/database.ts';

export async function isUploadInUse(tx: Tx, uploadId: string): Promise<boolean> {
  const task = await tx
    .selectFrom('task')
    .select('id')
    .where('state', '=', 'submitted')
    .where(({ or, eb }) => or([eb('image_url', '=', uploadId), eb('video_url', '=', uploadId)]))
    .limit(1)
    .executeTakeFirst();
  return task !== undefined;
}
