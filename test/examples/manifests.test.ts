import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { CONFIG_KEYS, readConfig } from '../../src/config.ts';
import { read } from '../tidy/repository.ts';

const Health = z.object({ test: z.array(z.string()) });
const Limits = z.object({ limits: z.object({ memory: z.string() }) });
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
      image: z.string().optional(),
      ports: z.array(z.string()).optional(),
      read_only: z.boolean().optional(),
      tmpfs: z.array(z.string()).optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
      deploy: z.object({ resources: Limits }).optional(),
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
      automountServiceAccountToken: z.literal(false),
      securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.int().positive() }),
      volumes: z.array(z.object({ name: z.string() })),
      containers: z.array(
        z.object({
          image: z.string(),
          ports: z.array(z.object({ name: z.string(), containerPort: z.int() })),
          resources: Limits,
          securityContext: z.object({
            readOnlyRootFilesystem: z.literal(true),
            allowPrivilegeEscalation: z.literal(false),
            capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
          }),
          volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
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

/** Requests and jobs under way may end once the renders have, before everything is closed. */
const CLOSING_SECONDS = 15;
/** What a process takes by itself, and one of its jailed children that probe files, in MiB. */
const PROCESS_MB = 512;
const PROBE_MB = 1_024;

/** Each process of both examples, as the service itself reads its environment. */
const processes = [
  ...own.map(([name, { environment = {}, command = [], deploy }]) => ({
    name: `compose ${name}`,
    role: command.at(-1),
    config: readConfig(fillIn(environment)),
    memory: deploy?.resources.limits.memory ?? '',
  })),
  ...deployments.flatMap(({ template }) =>
    template.spec.containers.map(({ args, env = [], resources }) => ({
      name: `kubernetes ${args.at(-1)}`,
      role: args.at(-1),
      config: readConfig({
        ...manifests.find(({ kind }) => kind === 'ConfigMap')?.data,
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      }),
      memory: resources.limits.memory,
    })),
  ),
];

/** As compose does, with a word that is long enough for every secret. */
function fillIn(values: Record<string, string>): Record<string, string> {
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    value.replace(
      /\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}/g,
      (_, otherwise) => otherwise ?? 's'.repeat(40),
    ),
  ]);
  return Object.fromEntries(entries);
}

/** `6g` and `6Gi` are the same here. */
function readMegabytes(text: string): number {
  const [, amount, unit] = /^(\d+)(g|Gi|Mi)$/.exec(text) ?? [];
  assert.ok(amount, `"${text}" is no size that is known here`);
  return Number(amount) * (unit === 'Mi' ? 1 : 1_024);
}

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
    const needed = Number(environment?.['DRAIN_SECONDS']) + CLOSING_SECONDS;
    assert.ok(needed <= Number.parseInt(grace, 10), name);
  }
  const drainSeconds = Number(
    manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['DRAIN_SECONDS'],
  );
  const worker = deployments.find(({ selector }) => selector.matchLabels['role'] === 'worker');
  const grace = Number(worker?.template.spec.terminationGracePeriodSeconds);
  assert.ok(drainSeconds + CLOSING_SECONDS <= grace);
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

test('the service accepts every value that the examples set', () => {
  assert.deepEqual(
    processes.map(({ role }) => role),
    ['api', 'worker', 'api', 'worker'],
  );
  for (const { name, config } of processes) {
    assert.equal(config.dataDir, '/data', name);
    assert.equal(config.http.host, '0.0.0.0', name);
    assert.equal(config.http.port, 8787, name);
  }
});

test('no process may be ended for the memory that its own limits allow it', () => {
  for (const { name, role, config, memory } of processes) {
    const { engine, preflight } = config;
    const looks = (preflight?.memoryMb ?? 0) * (preflight?.concurrency ?? 0);
    const renders = role === 'api' ? 0 : engine.memoryMb * engine.concurrency;
    const needed = renders + looks + PROBE_MB + PROCESS_MB;
    assert.ok(readMegabytes(memory) >= needed, `${name} may need ${needed} MiB of ${memory}`);
  }
});

test('the processes of compose may write to their volume and the temporary folder alone', () => {
  for (const [name, service] of own) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.tmpfs, ['/tmp'], name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    assert.deepEqual(
      service.volumes?.map((volume) => volume.split(':')[1]),
      ['/data'],
      name,
    );
  }
  const open = own.flatMap(([, { ports = [] }]) => ports);
  assert.deepEqual(open, ['127.0.0.1:8787:8787'], 'only this machine reaches it');
});

test('pods may write to their volumes alone, and answer where they are asked', () => {
  for (const { template } of deployments) {
    const { volumes, containers } = template.spec;
    for (const { ports, volumeMounts, startupProbe, readinessProbe, livenessProbe } of containers) {
      assert.deepEqual(
        volumeMounts.map(({ mountPath }) => mountPath),
        ['/data', '/tmp'],
      );
      assert.deepEqual(
        volumeMounts.map(({ name }) => name),
        volumes.map(({ name }) => name),
      );
      assert.deepEqual(ports, [{ name: 'http', containerPort: 8787 }]);
      for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
        assert.equal(httpGet.port, 'http');
      }
    }
  }
});

test('no image of the examples is whatever happens to be the newest', () => {
  const composed = Object.values(compose.services).flatMap(({ image }) => image ?? []);
  const deployed = deployments.flatMap(({ template }) =>
    template.spec.containers.map(({ image }) => image),
  );
  for (const image of [...composed, ...deployed]) {
    assert.match(image, /^[\w./-]+:(?!latest)[\w.-]+$/, image);
  }
  const { version }: { version: string } = JSON.parse(read('package.json'));
  for (const image of deployed) assert.ok(image.endsWith(`:${version}`), image);
});
