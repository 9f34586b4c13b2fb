/** The HTTP application: one folder a route, one form for every error, one id for every request. */

import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { AppError } from '../kernel/errors.ts';
import { CALLER } from './auth.ts';
import { boundBodies } from './body-time.ts';
import type { HttpApp, HttpContext } from './context.ts';
import { sendError, toAppError } from './error-answer.ts';
import { createMalformedAnswer } from './malformed.ts';
import { describeApi, showApi } from './openapi.ts';
import { limitRates } from './rate-limit.ts';
import { addAdminAccountsRoutes } from './routes/admin-accounts/route.ts';
import { addAdminAuditRoute } from './routes/admin-audit/route.ts';
import { addAdminBackupRoute } from './routes/admin-backup/route.ts';
import { addAdminCreditsRoute } from './routes/admin-credits/route.ts';
import { addAdminKeysRoutes } from './routes/admin-keys/route.ts';
import { addAdminStorageRoute } from './routes/admin-storage/route.ts';
import { addCancelVideoRoute } from './routes/cancel-video/route.ts';
import { addCreateGenerationRoute } from './routes/create-generation/route.ts';
import { addCreateQuoteRoute } from './routes/create-quote/route.ts';
import { addCreateUploadRoute } from './routes/create-upload/route.ts';
import { addDeleteUploadRoute } from './routes/delete-upload/route.ts';
import { addDeleteVideoRoute } from './routes/delete-video/route.ts';
import { addGetBalanceRoute } from './routes/get-balance/route.ts';
import { addGetContentRoute } from './routes/get-content/route.ts';
import { addGetHealthRoute } from './routes/get-health/route.ts';
import { addGetMetricsRoute } from './routes/get-metrics/route.ts';
import { addGetReadyRoute } from './routes/get-ready/route.ts';
import { addGetReceiptRoute } from './routes/get-receipt/route.ts';
import { addGetRootRoute } from './routes/get-root/route.ts';
import { addGetUploadRoute } from './routes/get-upload/route.ts';
import { addGetUsageRoute } from './routes/get-usage/route.ts';
import { addGetVideoRoute } from './routes/get-video/route.ts';
import { addListModelsRoute } from './routes/list-models/route.ts';
import { addListUploadsRoute } from './routes/list-uploads/route.ts';
import { addListVideosRoute } from './routes/list-videos/route.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { shedLoad } from './shed-load.ts';
import { explainUnknownRoutes } from './unknown-routes.ts';
import { explainIssues, findUnsoundText } from './validate.ts';
import { readRequestId, watchRequests } from './watch-requests.ts';

const ROUTES = [
  addCreateGenerationRoute,
  addCreateQuoteRoute,
  addListVideosRoute,
  addGetVideoRoute,
  addCancelVideoRoute,
  addDeleteVideoRoute,
  addGetContentRoute,
  addGetReceiptRoute,
  addCreateUploadRoute,
  addListUploadsRoute,
  addGetUploadRoute,
  addDeleteUploadRoute,
  addListModelsRoute,
  addGetBalanceRoute,
  addGetUsageRoute,
  addGetHealthRoute,
  addGetReadyRoute,
  addGetMetricsRoute,
  addGetRootRoute,
  addAdminAccountsRoutes,
  addAdminKeysRoutes,
  addAdminCreditsRoute,
  addAdminAuditRoute,
  addAdminStorageRoute,
  addAdminBackupRoute,
];

const HEALTH_ROUTES = [addGetHealthRoute, addGetReadyRoute, addGetMetricsRoute];

/** Longest path segment that is read, such as a task id. */
const PARAM_CHARS_MAX = 200;
/** Longest time a client may take to send the head of its request. */
const HEAD_MS_MAX = 30_000;
/** The server's own clock is the last resort: the pace of an upload ends it before that. */
const REQUEST_SLACK_MS = 60_000;

/** An application that is ready for `listen` or `inject`. */
export async function createApp(context: HttpContext): Promise<HttpApp> {
  const loggerInstance: FastifyBaseLogger = context.log;
  const app: HttpApp = Fastify({
    loggerInstance,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: ({ headers }) => readRequestId(headers['x-request-id']) ?? context.newId('request'),
    bodyLimit: context.limits.bodyBytesMax,
    requestTimeout: context.limits.uploadMsMax + REQUEST_SLACK_MS,
    http: { headersTimeout: HEAD_MS_MAX },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    forceCloseConnections: 'idle',
    clientErrorHandler: createMalformedAnswer(context.newId),
    frameworkErrors: (error, request, reply) =>
      sendError(request, reply, toAppError(error, request, context.limits)),
  }).withTypeProvider<ZodTypeProvider>();

  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) return { error: explainIssues(parsed.error.issues, input) };
    const error = findUnsoundText(parsed.data);
    return error ? { error } : { value: parsed.data };
  });
  // The schemas of answers describe them; what is sent is made by our own code and needs no second
  // look.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = toAppError(error, request, context.limits);
    if (known.entry.status >= 500) noteFailure(request, known);
    return sendError(request, reply, known);
  });

  app.decorateRequest(CALLER, null);
  watchRequests(app, context);
  if (context.readStrain) shedLoad(app, context.readStrain);
  addSecurityHeaders(app, context);
  if (context.rates) limitRates(app, context.rates, context.clock);
  boundBodies(app);
  explainUnknownRoutes(app);
  await describeApi(app, context.version);
  for (const addRoute of context.hasOnlyHealth ? HEALTH_ROUTES : ROUTES) addRoute(app, context);
  if (!context.hasOnlyHealth) await showApi(app, context.findBaseUrl);
  await app.ready();
  return app;
}

/** A refusal without a cause, as of a process that has too much to do, has said all there is. */
function noteFailure({ log }: FastifyRequest, error: AppError): void {
  const { code, cause, message } = error;
  if (cause === undefined) log.warn({ code, reason: message }, 'refused');
  else log.error({ err: code === 'internal' ? cause : error }, 'failed');
}
