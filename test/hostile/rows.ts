/** All rows of the table. */

import { ADDRESS_ROWS } from './address-rows.ts';
import { ANSWER_ROWS } from './answer-rows.ts';
import { NAME_ROWS } from './name-rows.ts';
import { PART_ROWS } from './part-rows.ts';
import { REDIRECT_ROWS } from './redirect-rows.ts';
import type { Row } from './row.ts';

export const ROWS: readonly Row[] = [
  ...ADDRESS_ROWS,
  ...NAME_ROWS,
  ...REDIRECT_ROWS,
  ...ANSWER_ROWS,
  ...PART_ROWS,
];
