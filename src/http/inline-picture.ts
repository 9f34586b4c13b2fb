/**
 * Pictures that are sent inside the body, as a `data:` URL (RFC 2397) or as bare base64: they
 * become an upload before the request goes on, so that no row ever holds a picture.
 */

import { AppError, isAppError } from '../kernel/errors.ts';
import type { HttpContext } from './context.ts';

const DATA_URL = /^data:image\/(?:jpeg|jpg|png);base64,/i;
/** What base64 of the first bytes of a JPEG and of a PNG file begins with. */
const BARE = /^(?:\/9j\/|iVBORw0KGg)/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Four characters of base64 hold three bytes. */
export const BASE64_GROWTH = 4 / 3;

const PARAM = 'image_url';

export function isInlinePicture(text: string): boolean {
  return DATA_URL.test(text.slice(0, 64)) || BARE.test(text.slice(0, 16));
}

/**
 * The id of the upload that the picture became, or the address as it was.
 *
 * @throws {AppError} `image_unreadable`, and what an upload of the picture would be refused with.
 */
export async function storeInlinePicture(
  { uploads }: HttpContext,
  accountId: string,
  imageUrl: string,
): Promise<string> {
  if (!isInlinePicture(imageUrl)) return imageUrl;
  const bytes = decode(imageUrl);
  try {
    const { upload } = await uploads.receiveBytes(accountId, bytes);
    if (upload.kind === 'image') return upload.id;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code !== 'upload_kind_unsupported') {
      throw new AppError(error.code, error.values, { cause: error, param: PARAM });
    }
    const values = { seen: error.values['seen'] ?? '' };
    throw new AppError('image_format_unsupported', values, { cause: error, param: PARAM });
  }
  throw new AppError('image_format_unsupported', { seen: 'a video' }, { param: PARAM });
}

function decode(imageUrl: string): Buffer {
  const text = imageUrl.replace(DATA_URL, '');
  // The decoder itself skips what it does not know, and would make some other picture of it.
  const isSound = BASE64.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
  if (isSound) return Buffer.from(text, 'base64');
  throw new AppError('image_unreadable', { reason: 'its base64 is damaged' }, { param: PARAM });
}
