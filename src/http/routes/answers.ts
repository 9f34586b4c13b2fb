/** Parts of the OpenAPI description that most routes share. */

import { z } from 'zod';
import { errorAnswer } from '../error-answer.ts';

export const taskParams = z.object({
  task_id: z.string().describe('The id that the submit answered, `task_…`.'),
});

export const needsKey = [{ apiKey: [] }];
export const needsAdminKey = [{ adminKey: [] }];

/** Every route may answer with an error of the catalogue. */
export const errorAnswers = { default: errorAnswer.describe('An error of the catalogue.') };
