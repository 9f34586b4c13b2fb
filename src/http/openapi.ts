/**
 * The OpenAPI document, made from the schemas that also check the requests, and a page that shows
 * it without any other host.
 */

import swagger from '@fastify/swagger';
import reference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { findStreamedBody } from './streamed-bodies.ts';

const DESCRIPTION = `A reference image and a reference video go in; a video of the image's character performing the clip's
motion comes out. Billed per second of the probed clip. Submit, poll, download.`;

export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Understudy', version, description: DESCRIPTION, license: { name: 'MIT' } },
      tags: [
        { name: 'videos', description: 'Submit a task, follow it, download its video.' },
        { name: 'uploads', description: 'Send pictures and clips instead of addresses.' },
        { name: 'account', description: 'Models, balance and receipts.' },
        { name: 'service', description: 'Whether the service runs.' },
        {
          name: 'admin',
          description: 'For the operator: accounts, keys, credit, the books and the storage.',
        },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'A key of an account.' },
          adminKey: { type: 'http', scheme: 'bearer', description: 'The key of the operator.' },
          metricsKey: { type: 'http', scheme: 'bearer', description: 'The key of METRICS_KEY.' },
        },
      },
    },
    transform: describeStreamedBody,
    transformObject: jsonSchemaTransformObject,
  });
}

/** Call after every other route was added. Its examples name the address that is found. */
export async function showApi(
  app: FastifyInstance,
  findBaseUrl: () => string | null = () => null,
): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    const document = { ...app.swagger(), servers: [{ url: findBaseUrl() ?? '/' }] };
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(document));
  });
  await app.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      authentication: { preferredSecurityScheme: 'apiKey' },
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      mcp: { disabled: true },
      agent: { disabled: true },
    },
  });
}

const describeStreamedBody: typeof jsonSchemaTransform = (input) => {
  const described = jsonSchemaTransform(input);
  const content = findStreamedBody(String(input.route.method), input.url);
  if (content === null) return described;
  return { ...described, schema: { ...described.schema, body: { content } } };
};
