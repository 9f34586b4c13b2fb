import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { CONFIG_KEYS } from '../../src/config.ts';
import { read } from '../tidy/repository.ts';

const Health = z.object({ test: z.array(z.string()) });
const Composed = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
      build: z.string().optional(),
      volumes: z.array(z.string()).optional(),
      healthcheck: Health.optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
      stop_grace_period: z.string().optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Manifest = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.record(z.string(), z.unknown()).optional(),
});
const Deployment = z.object({
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  template: z.object({
    metadata: z.object({ labels: z.record(z.string(), z.string()) }),
    spec: z.object({
      terminationGracePeriodSeconds: z.number(),
      containers: z.array(
        z.object({
          args: z.array(z.string()),
          env: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
          startupProbe: Probe,
          readinessProbe: Probe,
          livenessProbe: Probe,
        }),
      ),
    }),
  }),
});

const compose = Composed.parse(parse(read('examples/compose.yaml'), { merge: true }));
const manifests = parseAllDocuments(read('examples/kubernetes.yaml')).map((document) => {
  assert.deepEqual(document.errors, []);
  return Manifest.parse(document.toJS());
});
const deployments = manifests
  .filter(({ kind }) => kind === 'Deployment')
  .map(({ spec }) => Deployment.parse(spec));
const own = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
const routes = ['/healthz', '/readyz'];

test('every variable that the examples set for the service is one it reads', () => {
  const composed = own.flatMap(([, { environment = {} }]) => Object.keys(environment));
  const mapped = manifests.flatMap(({ data = {} }) => Object.keys(data));
  const set = deployments.flatMap(({ template }) =>
    template.spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
  );
  const secret = [...read('examples/kubernetes.yaml').matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g)];
  const image = [...read('Dockerfile').matchAll(/^ENV (.+)$/gm)].flatMap((line) =>
    [...(line[1] ?? '').matchAll(/(\w+)=/g)].map((match) => match[1] ?? ''),
  );
  const names = [...composed, ...mapped, ...set, ...secret.map(String), ...image];
  assert.ok(names.length > 20, `${names.length} names`);
  assert.deepEqual(
    names.filter((name) => !CONFIG_KEYS.includes(name)),
    [],
  );
});

test('compose runs each role once, and each with the same secret and a health check', () => {
  assert.deepEqual(
    own.map(([, { command }]) => command),
    [
      ['serve', '--role', 'api'],
      ['serve', '--role', 'worker'],
    ],
  );
  const secrets = new Set(own.map(([, { environment }]) => environment?.['SIGNING_SECRET']));
  assert.equal(secrets.size, 1);
  for (const [name, { healthcheck }] of own) {
    assert.ok(
      healthcheck?.test.some((part) => routes.some((route) => part.includes(route))),
      name,
    );
  }
});

test('compose names only volumes and services that it has', () => {
  for (const [name, { volumes = [], depends_on = {} }] of Object.entries(compose.services)) {
    for (const volume of volumes) assert.ok((volume.split(':')[0] ?? '') in compose.volumes, name);
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const service = compose.services[other];
      assert.ok(service, `${name} waits for ${other}`);
      if (condition === 'service_healthy') assert.ok(service.healthcheck, `${other} has a check`);
    }
  }
});

test('no process is killed before the time that its renders may take to end is over', () => {
  for (const [name, { environment, stop_grace_period: grace = '10s' }] of own) {
    assert.ok(Number(environment?.['DRAIN_SECONDS']) < Number.parseInt(grace, 10), name);
  }
  const drainSeconds = Number(
    manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['DRAIN_SECONDS'],
  );
  const worker = deployments.find(({ selector }) => selector.matchLabels['role'] === 'worker');
  assert.ok(drainSeconds < Number(worker?.template.spec.terminationGracePeriodSeconds));
});

test('the deployments choose their own pods and ask the routes that every role has', () => {
  assert.equal(deployments.length, 2);
  for (const { selector, template } of deployments) {
    for (const [label, value] of Object.entries(selector.matchLabels)) {
      assert.equal(template.metadata.labels[label], value);
    }
    for (const { startupProbe, readinessProbe, livenessProbe } of template.spec.containers) {
      for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
        assert.ok(routes.includes(httpGet.path), httpGet.path);
      }
    }
  }
  const target = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec;
  assert.match(JSON.stringify(target), /"name":"understudy-api"/);
});
