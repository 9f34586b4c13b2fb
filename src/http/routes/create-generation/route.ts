/** `POST /v1/videos/generations`: takes a task and answers before any input is touched. */

import type { Caller } from '../../../accounts/accounts.ts';
import type { Idempotency, SubmitRequest } from '../../../tasks/tasks.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute, HttpContext } from '../../context.ts';
import { idempotencyHeaders, markReplay, readIdempotency } from '../../idempotency.ts';
import { isInlinePicture, storeInlinePicture } from '../../inline-picture.ts';
import { createLargeBodyGate, pictureBodyBytes } from '../../large-bodies.ts';
import { noteTask } from '../../watch-requests.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { checkModel, checkPrompt } from './checks.ts';
import {
  type CreateGenerationBody,
  createGenerationAnswer,
  createGenerationBody,
} from './schema.ts';

export const addCreateGenerationRoute: AddRoute = (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/videos/generations',
    onRequest: [requireCaller(context), createLargeBodyGate(context)],
    bodyLimit: pictureBodyBytes(context),
    schema: {
      operationId: 'createGeneration',
      summary: 'Submit a task',
      tags: ['videos'],
      security: needsKey,
      headers: idempotencyHeaders,
      body: createGenerationBody,
      response: { 200: createGenerationAnswer, ...errorAnswers },
    },
    handler: async (request, reply) => {
      checkModel(request.body.model);
      checkPrompt(request.body.prompt, context.limits.promptCharsMax);
      const caller = callerOf(request);
      const idempotency = readIdempotency(request, 'createGeneration', request.body);
      const { taskId, isReplay } =
        (await findEarlier(context, caller, request.body, idempotency)) ??
        (await submit(context, caller, toSubmitRequest(request.body, request.id), idempotency));
      markReplay(reply, isReplay);
      noteTask(request, taskId);
      return { code: 200 as const, data: [{ status: 'submitted' as const, task_id: taskId }] };
    },
  });
};

/**
 * Who sends a picture again need not have it stored again; the others are known by their submit.
 */
async function findEarlier(
  { tasks }: HttpContext,
  caller: Caller,
  { image_url: given }: CreateGenerationBody,
  idempotency: Idempotency | null,
) {
  if (idempotency === null || !isInlinePicture(given)) return null;
  return await tasks.findSubmitted(caller, idempotency);
}

async function submit(
  context: HttpContext,
  caller: Caller,
  wanted: SubmitRequest,
  idempotency: Idempotency | null,
) {
  const imageUrl = await storeInlinePicture(context, caller.accountId, wanted.imageUrl);
  return await context.tasks.submit(caller, { ...wanted, imageUrl }, idempotency);
}

function toSubmitRequest(body: CreateGenerationBody, requestId: string): SubmitRequest {
  return {
    model: body.model,
    imageUrl: body.image_url,
    videoUrl: body.video_url,
    characterOrientation: body.character_orientation,
    mode: body.mode,
    prompt: body.prompt ?? null,
    keepOriginalSound: body.keep_original_sound === 'yes',
    watermark: body.watermark_info?.enabled ?? false,
    durationSeconds: body.duration ?? null,
    externalTaskId: body.external_task_id ?? null,
    engine: body.engine ?? null,
    quoteId: body.quote_id ?? null,
    requestId,
  };
}
