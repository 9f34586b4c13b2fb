/** `POST /v1/videos/generations`: takes a task and answers before any input is touched. */

import type { SubmitRequest } from '../../../tasks/submit.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { storeInlinePicture } from '../../inline-picture.ts';
import { createLargeBodyGate, pictureBodyBytes } from '../../large-bodies.ts';
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
      body: createGenerationBody,
      response: { 200: createGenerationAnswer, ...errorAnswers },
    },
    handler: async (request) => {
      checkModel(request.body.model);
      checkPrompt(request.body.prompt, context.limits.promptCharsMax);
      const caller = callerOf(request);
      const { image_url: given } = request.body;
      const imageUrl = await storeInlinePicture(context, caller.accountId, given);
      const submitted = { ...toSubmitRequest(request.body, request.id), imageUrl };
      const { taskId } = await context.tasks.submit(caller, submitted);
      return { code: 200 as const, data: [{ status: 'submitted' as const, task_id: taskId }] };
    },
  });
};

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
