/**
 * Keys name blobs the same way in every store: lower folders, our own ids, an ending; nothing that
 * could leave its folder.
 */

const KEY_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9][A-Za-z0-9_.-]*)+$/;
const KEY_CHARS_MAX = 200;

/**
 * @throws {Error} for a key that is not ours: keys never come from a stranger, so this is a broken
 * promise.
 */
export function checkKey(key: string): void {
  if (key.length > KEY_CHARS_MAX || !KEY_PATTERN.test(key) || key.includes('..')) {
    throw new Error(`broken promise: "${key}" is not a storage key`);
  }
}

/** There is no blob under the key. */
export function blobNotFound(key: string, cause?: unknown): Error {
  return new Error(`blob not found: ${key}`, { cause });
}
