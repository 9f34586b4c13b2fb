/** Makes sure of the uploads that a request names, for the rest of a transaction. */

import type { Tx } from '../db/database.ts';
import { isUploadId } from '../uploads/uploads.ts';
import type { TaskMeans } from './options.ts';

/** Throws `upload_not_found` and `upload_kind_wrong` with the field as param. */
export async function claimUploads(
  { uploads }: Pick<TaskMeans, 'uploads'>,
  tx: Tx,
  accountId: string,
  { imageUrl, videoUrl }: { imageUrl: string; videoUrl: string },
): Promise<void> {
  const wanted = [
    { id: imageUrl, kind: 'image', field: 'image_url' },
    { id: videoUrl, kind: 'video', field: 'video_url' },
  ] as const;
  for (const upload of wanted) {
    if (isUploadId(upload.id)) await uploads.claim(tx, accountId, upload);
  }
}
