/** An upload as its routes answer it. */

import { z } from 'zod';
import type { Upload } from '../../uploads/uploads.ts';

const MILLISECONDS_PER_SECOND = 1000;

export const upload = z
  .object({
    id: z.string().describe('`upload_…`; send it as `image_url` or `video_url`.'),
    object: z.literal('upload'),
    kind: z.enum(['image', 'video']),
    content_type: z.string().describe('What the bytes are, whatever they were called.'),
    bytes: z.int(),
    sha256: z.string(),
    created_at: z.int(),
    expires_at: z
      .int()
      .describe('Until then it is kept; sending the same bytes again prolongs it.'),
  })
  .meta({ id: 'Upload' });

export const uploadParams = z.object({
  upload_id: z.string().describe('The id in the answer to the upload, `upload_…`.'),
});

export function toUploadAnswer(found: Upload): z.output<typeof upload> {
  return {
    id: found.id,
    object: 'upload',
    kind: found.kind,
    content_type: found.contentType,
    bytes: found.sizeBytes,
    sha256: found.sha256,
    created_at: Math.floor(found.createdAtMs / MILLISECONDS_PER_SECOND),
    expires_at: Math.floor(found.expiresAtMs / MILLISECONDS_PER_SECOND),
  };
}
