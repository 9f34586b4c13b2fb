/** `POST /v1/videos/generations`: takes a task and answers before any input is touched. */

import { AppError } from '../../../kernel/errors.ts';
import type { SubmitRequest } from '../../../tasks/submit.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import {
  type CreateGenerationBody,
  createGenerationAnswer,
  createGenerationBody,
  MODEL,
} from './schema.ts';

export const addCreateGenerationRoute: AddRoute = (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/videos/generations',
    onRequest: requireCaller(context),
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
      const submitted = toSubmitRequest(request.body, request.id);
      const { taskId } = await context.tasks.submit(callerOf(request), submitted);
      return { code: 200 as const, data: [{ status: 'submitted' as const, task_id: taskId }] };
    },
  });
};

function checkModel(model: string): void {
  if (model === MODEL) return;
  throw new AppError('model_not_found', { seen: model, known: `"${MODEL}"` }, { param: 'model' });
}

/** Characters as a reader counts them: an emoji is one, not two. */
function checkPrompt(prompt: string | undefined, limit: number): void {
  const seen = [...(prompt ?? '')].length;
  if (seen > limit) throw new AppError('prompt_too_long', { seen, limit }, { param: 'prompt' });
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
    requestId,
  };
}
