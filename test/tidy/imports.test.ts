import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  isTest,
  listSources,
  read,
  readImports,
  readPackageImports,
  root,
  stripComments,
} from './repository.ts';

/** For each folder of `src`, the other folders it may import; the arrows of ARCHITECTURE.md. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  kernel: [],
  db: ['kernel'],
  net: ['kernel'],
  storage: ['kernel'],
  queue: ['db', 'kernel'],
  nodes: ['db', 'kernel'],
  accounts: ['billing', 'db', 'kernel'],
  billing: ['db', 'kernel'],
  jail: ['kernel'],
  metrics: ['kernel'],
  engines: ['jail', 'kernel'],
  probe: ['jail', 'kernel'],
  uploads: ['storage', 'net', 'db', 'kernel'],
  tasks: [
    'uploads',
    'billing',
    'engines',
    'probe',
    'storage',
    'queue',
    'nodes',
    'db',
    'net',
    'accounts',
    'kernel',
  ],
  http: ['tasks', 'uploads', 'billing', 'accounts', 'storage', 'kernel'],
};

/** Folders that only wire the others together. */
const COMPOSITION = new Set([
  'cli',
  'main.ts',
  'parts.ts',
  'config.ts',
  'figures.ts',
  'environment.ts',
]);

const MOTION_STAGES = [
  'preflight',
  'track',
  'rig',
  'retarget',
  'render',
  'look',
  'encode',
  'score',
];
const MOTION_FOUNDATIONS = ['model', 'media', 'detect', 'kernels'];

const sources = listSources();

test('imports between the folders of src only go down the list', () => {
  const offences = sources
    .filter((file) => file.startsWith('src/') && !isTest(file))
    .flatMap(readImports)
    .filter(({ from, to }) => {
      const [source = '', target = ''] = [from.split('/')[1], to.split('/')[1]];
      if (source === target || COMPOSITION.has(source)) return false;
      return !(MAY_IMPORT[source] ?? []).includes(target) || !to.startsWith('src/');
    });
  assert.deepEqual(offences, []);
});

test('the import rule names every folder of src and no other', () => {
  const folders = new Set(
    sources
      .filter((file) => file.startsWith('src/') && !isTest(file))
      .map((file) => file.split('/')[1] ?? ''),
  );
  assert.deepEqual(
    [...folders].toSorted(),
    [...COMPOSITION, ...Object.keys(MAY_IMPORT)].toSorted(),
  );
});

test('a stage of motion imports no other stage', () => {
  const offences = sources
    .filter((file) => file.startsWith('packages/motion/src/') && !isTest(file))
    .flatMap(readImports)
    .filter(({ from, to }) => {
      const [source = '', target = ''] = [from.split('/')[3], to.split('/')[3]];
      if (source === target || source.endsWith('.ts')) return false;
      if (MOTION_STAGES.includes(source)) return !MOTION_FOUNDATIONS.includes(target);
      return source === 'model' || !MOTION_FOUNDATIONS.includes(target);
    });
  assert.deepEqual(offences, []);
});

test('a package never reaches into the service or into another package', () => {
  const offences = sources
    .filter((file) => file.startsWith('packages/'))
    .flatMap((file) => {
      const home = file.split('/').slice(0, 2).join('/');
      return readImports(file).filter(({ to }) => !to.startsWith(`${home}/`));
    });
  assert.deepEqual(offences, []);
});

test('the service uses packages only by their door', () => {
  const offences = sources
    .filter((file) => file.startsWith('src/'))
    .flatMap((file) => [
      ...readImports(file).filter(({ to }) => to.startsWith('packages/')),
      ...readPackageImports(file).filter((name) => /^@understudy\/[^/]+\/./.test(name)),
    ]);
  assert.deepEqual(offences, []);
});

test('every relative import names a file that exists, with its ending', () => {
  const missing = sources.flatMap(readImports).filter(({ to }) => !existsSync(join(root, to)));
  assert.deepEqual(missing, []);
});

test('no file imports itself by way of others', () => {
  const graph = new Map<string, string[]>();
  for (const file of sources) {
    graph.set(
      file,
      readImports(file)
        .filter(({ isTypeOnly }) => !isTypeOnly)
        .map(({ to }) => to),
    );
  }
  assert.deepEqual(findCycle(graph), []);
});

test('what a module exports, another module uses', () => {
  const words = new Map(
    sources.map((file) => [file, new Set(stripComments(read(file)).match(/\w+/g))] as const),
  );
  // Types are left out: those of an exported signature can be named by whoever calls it.
  const declared = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;
  const unused = sources.flatMap((file) =>
    [...read(file).matchAll(declared)]
      .map((match) => match[1] ?? '')
      .filter((name) => !sources.some((other) => other !== file && words.get(other)?.has(name)))
      .map((name) => `${file}: ${name}`),
  );
  assert.deepEqual(unused, []);
});

test('only the door of a package is called index.ts', () => {
  const barrels = sources.filter(
    (file) => file.endsWith('/index.ts') && !/^packages\/[^/]+\/src\/index\.ts$/.test(file),
  );
  assert.deepEqual(barrels, []);
});

/**
 * Depth-first search with colours (Tarjan 1972, without the components); returns one cycle or
 * nothing.
 */
function findCycle(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(file);
    return [];
  }
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
