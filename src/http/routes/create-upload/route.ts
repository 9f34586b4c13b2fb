/**
 * `POST /v1/uploads`: takes one picture or clip, as the body itself or as the file of a form, in
 * constant memory whatever its size.
 */

import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../kernel/errors.ts';
import { callerOf, requireCaller } from '../../auth.ts';
import type { AddRoute, HttpContext } from '../../context.ts';
import { detachBody } from '../../detached-body.ts';
import { describeContentType } from '../../error-answer.ts';
import { openFormFile } from '../../form-file.ts';
import { FORM, UPLOAD_BODY } from '../../streamed-bodies.ts';
import { errorAnswers, needsKey } from '../answers.ts';
import { toUploadAnswer, upload } from '../upload-answer.ts';

export const addCreateUploadRoute: AddRoute = (root, context) => {
  root.register(async (app: typeof root) => {
    app.removeAllContentTypeParsers();
    // The body stays what it is, a stream, whatever it is called; the handler refuses other names.
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.route({
      method: 'POST',
      url: '/v1/uploads',
      onRequest: requireCaller(context),
      schema: {
        operationId: 'createUpload',
        summary: 'Upload a picture or a clip',
        description:
          'The id that comes back is good wherever an address is. The limits are those of ' +
          'addresses: 10 MB for a picture and 100 MB for a clip unless configured otherwise. ' +
          'Bytes that the account has uploaded before are not stored again.',
        tags: ['uploads'],
        security: needsKey,
        response: {
          200: upload.describe('The account has the same bytes already, as this upload.'),
          201: upload.describe('Stored.'),
          ...errorAnswers,
        },
      },
      handler: (request, reply) => receiveUpload(context, request, reply),
    });
  });
};

async function receiveUpload(
  { uploads }: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { accountId } = callerOf(request);
  const { body, declaredBytes } = openBody(request);
  const received = await uploads.receive(accountId, body, declaredBytes);
  reply.code(received.isNew ? 201 : 200);
  return toUploadAnswer(received.upload);
}

function openBody(request: FastifyRequest): { body: Readable; declaredBytes: number | null } {
  const header = request.headers['content-type'] ?? '';
  const type = header.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!Object.hasOwn(UPLOAD_BODY, type)) {
    const seen = describeContentType(header);
    const wanted = Object.keys(UPLOAD_BODY).join(', ');
    throw new AppError('unsupported_content_type', { seen, wanted });
  }
  if (type === FORM) {
    return { body: openFormFile(detachBody(request.raw), header), declaredBytes: null };
  }
  const length = request.headers['content-length'];
  return {
    body: detachBody(request.raw),
    declaredBytes: length === undefined ? null : Number(length),
  };
}
