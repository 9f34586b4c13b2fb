/** Where things are, for all files of the table of kinds. */

import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
/** Real clips and pictures beside the project, on the machines that have them. */
export const MEDIA = join(root, '../shared/media');
export const OUT = join(root, 'out/kinds');
/** The page of the documentation that the script writes. */
export const TABLE = join(root, 'docs/explain/kinds.md');
