/**
 * What may stand where a picture or a clip is asked for. Only the form is looked at here; whether
 * it may be fetched is decided where it is fetched.
 */

import { z } from 'zod';
import { isUploadId } from '../../uploads/uploads.ts';
import { isInlinePicture } from '../inline-picture.ts';

const ADDRESS_CHARS_MAX = 4096;

export const imageSource = z
  .string()
  .min(1)
  .refine((text) => isInlinePicture(text) || isAddress(text), {
    message:
      'must be an http or https URL of at most 4096 characters, the id of an upload, or a JPEG ' +
      'or PNG picture as a data: URL or base64',
  })
  .describe(
    'The reference image (JPEG or PNG): a public address, the id of an upload, a `data:` URL, or ' +
      'base64.',
  );

export const videoSource = z
  .string()
  .min(1)
  .refine(isAddress, {
    message: 'must be an http or https URL of at most 4096 characters, or the id of an upload',
  })
  .describe('The reference video (MP4 or MOV): a public address, or the id of an upload.');

function isAddress(text: string): boolean {
  return isUploadId(text) || (text.length <= ADDRESS_CHARS_MAX && isHttpAddress(text));
}

function isHttpAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}
