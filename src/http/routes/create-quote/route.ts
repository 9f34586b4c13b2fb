/** `POST /v1/videos/quotes`: looks at the media now and says what a task of them would cost. */

import type { FastifyReply } from 'fastify';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute } from '../../context.ts';
import { idempotencyHeaders, markReplay, readIdempotency } from '../../idempotency.ts';
import { storeInlinePicture } from '../../inline-picture.ts';
import { createLargeBodyGate, pictureBodyBytes } from '../../large-bodies.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { checkModel, checkPrompt } from '../create-generation/checks.ts';
import { createQuoteBody, quote } from './schema.ts';

export const addCreateQuoteRoute: AddRoute = (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/videos/quotes',
    onRequest: [requireCaller(context), createLargeBodyGate(context)],
    bodyLimit: pictureBodyBytes(context),
    schema: {
      operationId: 'createQuote',
      summary: 'Ask for a price',
      description:
        'Takes the body of a submit, fetches and probes the media now, and charges nothing. Media ' +
        'that would be refused are refused here with the same error. A submit of the same media ' +
        'with `quote_id` takes over what was found, and holds and pays the price that was quoted.',
      tags: ['videos'],
      security: needsKey,
      headers: idempotencyHeaders,
      body: createQuoteBody,
      response: { 200: quote, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { body } = request;
      checkModel(body.model);
      checkPrompt(body.prompt, context.limits.promptCharsMax);
      const caller = callerOf(request);
      const asked = {
        model: body.model,
        imageUrl: await storeInlinePicture(context, caller.accountId, body.image_url),
        videoUrl: body.video_url,
        characterOrientation: body.character_orientation,
        mode: body.mode,
      };
      reply.header('cache-control', 'no-store');
      const idempotency = readIdempotency(request, 'createQuote', body);
      const made = await context.tasks.quote(caller, asked, signalOf(reply), idempotency);
      markReplay(reply, made.isReplay);
      return made.quote;
    },
  });
};

/** Aborted when the client has gone before its answer. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new Error('the client has gone'));
  });
  return gone.signal;
}
