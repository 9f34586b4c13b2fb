/** Parts of the OpenAPI description that most routes share. */

import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { errorAnswer } from '../error-answer.ts';

export const taskParams = z.object({
  task_id: z.string().describe('The id in the answer to the submit, `task_…`.'),
});

export const needsKey = [{ apiKey: [] }];
export const needsAdminKey = [{ adminKey: [] }];

/** Every route may answer with an error of the catalogue. */
export const errorAnswers = { default: errorAnswer.describe('An error of the catalogue.') };

/** The document describes bytes as a string, which is right for readers of the document only. */
export function sendStream(reply: FastifyReply, stream: Readable): FastifyReply {
  return reply.send(stream);
}
