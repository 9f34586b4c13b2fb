/**
 * Says what a file is by its first bytes, so that a refusal can name what was really sent, whatever
 * the file is called.
 */

export const UNKNOWN_KIND = 'a file of an unknown kind';

/** Bytes of the file's beginning that are enough to tell. */
export const SNIFF_BYTES = 512;

type Signature = { name: string; matches: (head: Buffer) => boolean };

const SIGNATURES: readonly Signature[] = [
  { name: 'a JPEG image', matches: (head) => startsWith(head, [0xff, 0xd8, 0xff]) },
  { name: 'a PNG image', matches: (head) => startsWith(head, [0x89, 0x50, 0x4e, 0x47]) },
  { name: 'a GIF image', matches: (head) => ascii(head, 0, 4) === 'GIF8' },
  { name: 'a WebP image', matches: (head) => isRiff(head, 'WEBP') },
  { name: 'a BMP image', matches: (head) => ascii(head, 0, 2) === 'BM' },
  { name: 'a TIFF image', matches: (head) => ['II*\0', 'MM\0*'].includes(ascii(head, 0, 4)) },
  { name: 'an AVIF image', matches: (head) => /^avi[fs]/.test(brand(head)) },
  { name: 'a HEIC image', matches: (head) => /^(hei[cxms]|hev[cm]|mif1|msf1)/.test(brand(head)) },
  { name: 'a QuickTime file', matches: (head) => brand(head) === 'qt  ' },
  { name: 'an MP4 file', matches: (head) => brand(head) !== '' },
  {
    // Before there was "ftyp"; the reader of containers does not know these either.
    name: 'a QuickTime file of an old kind',
    matches: (head) => ['moov', 'mdat', 'wide', 'pnot'].includes(ascii(head, 4, 8)),
  },
  { name: 'a WebM file', matches: (head) => isMatroska(head) && head.includes('webm') },
  { name: 'a Matroska file', matches: isMatroska },
  { name: 'an AVI file', matches: (head) => isRiff(head, 'AVI ') },
  { name: 'a WAV file', matches: (head) => isRiff(head, 'WAVE') },
  { name: 'an FLV file', matches: (head) => ascii(head, 0, 3) === 'FLV' },
  { name: 'an Ogg file', matches: (head) => ascii(head, 0, 4) === 'OggS' },
  { name: 'an MP3 file', matches: (head) => ascii(head, 0, 3) === 'ID3' },
  { name: 'an MPEG program stream', matches: (head) => startsWith(head, [0, 0, 1, 0xba]) },
  { name: 'an MPEG transport stream', matches: (head) => head[0] === 0x47 && head[188] === 0x47 },
  { name: 'a PDF file', matches: (head) => ascii(head, 0, 5) === '%PDF-' },
  { name: 'a ZIP file', matches: (head) => startsWith(head, [0x50, 0x4b, 0x03, 0x04]) },
  {
    name: 'an HTML page',
    matches: (head) => isText(head) && /<(!doctype html|html|head)/i.test(String(head)),
  },
  { name: 'an SVG drawing', matches: (head) => isText(head) && /<svg[\s>]/i.test(String(head)) },
  { name: 'a text file', matches: isText },
];

/** For example "a WebM file"; with its article, ready for a sentence. */
export function nameFileKind(beginning: Uint8Array): string {
  const head = Buffer.from(beginning.subarray(0, SNIFF_BYTES));
  const found = SIGNATURES.find((signature) => signature.matches(head));
  return found?.name ?? UNKNOWN_KIND;
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

function ascii(head: Buffer, start: number, end: number): string {
  return head.toString('latin1', start, end);
}

function isRiff(head: Buffer, kind: string): boolean {
  return ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === kind;
}

function isMatroska(head: Buffer): boolean {
  return startsWith(head, [0x1a, 0x45, 0xdf, 0xa3]);
}

/** Major brand of an ISO base media file (ISO/IEC 14496-12), or nothing. */
function brand(head: Buffer): string {
  return ascii(head, 4, 8) === 'ftyp' ? ascii(head, 8, 12) : '';
}

/** No control characters but white space, and at least one byte. */
function isText(head: Buffer): boolean {
  return head.length > 0 && head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
