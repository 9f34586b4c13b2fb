/**
 * One LiteRT runtime (tflite on WebAssembly) for the calling thread: compiles models and runs them
 * without leaking tensors.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** A compiled network with one input. */
export type Network = {
  /**
   * Runs on `input` (as long as `shape` asks for) and returns the outputs in the model's order,
   * copied out of its memory.
   */
  run(input: Float32Array): Promise<Float32Array[]>;
  /** May be called again. */
  close(): void;
};

type LiteRtModule = typeof import('@litertjs/core');

let loading: Promise<LiteRtModule> | null = null;
/** Networks that are compiled or being compiled. */
let openCount = 0;

/**
 * Compiles a tflite model for the CPU.
 *
 * @param bytes the content of the .tflite file
 */
export async function compileNetwork(bytes: Uint8Array): Promise<Network> {
  openCount += 1;
  let runtime: LiteRtModule | null = null;
  try {
    loading ??= loadRuntime();
    runtime = await loading;
    return await compile(runtime, bytes);
  } catch (error) {
    release(runtime);
    throw error;
  }
}

async function compile(runtime: LiteRtModule, bytes: Uint8Array): Promise<Network> {
  const { loadAndCompile, Tensor } = runtime;
  const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
  const shape = model.getInputDetails()[0]!.shape;
  let isOpen = true;
  return {
    async run(input) {
      const tensor = new Tensor(input, shape);
      try {
        const outputs = await model.run([tensor]);
        return outputs.map((output) => {
          // This is a copy already.
          const values = output.toTypedArray();
          output.delete();
          if (!(values instanceof Float32Array)) throw new TypeError('The network is quantised.');
          return values;
        });
      } finally {
        tensor.delete();
      }
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      model.delete();
      release(runtime);
    },
  };
}

/**
 * The memory of the runtime only ever grows (to some 200 MB with the heavy body network), so it
 * goes with the last network; the next one loads it anew, which takes about 0.2 s.
 */
function release(runtime: LiteRtModule | null): void {
  openCount -= 1;
  if (openCount > 0) return;
  loading = null;
  runtime?.unloadLiteRt();
}

type BrowserGlobals = {
  self?: unknown;
  importScripts?: (path: string) => void;
  ModuleFactory?: unknown;
};

/**
 * LiteRT.js expects a web worker: `self`, and an `importScripts` that leaves `ModuleFactory`
 * behind. Both exist only while it loads, so that no other library takes this thread for a browser.
 */
async function loadRuntime(): Promise<LiteRtModule> {
  const script = join(
    dirname(require.resolve('@litertjs/core/package.json')),
    'wasm/litert_wasm_internal.js',
  );
  const source = await readFile(script, 'utf8');
  const globals = globalThis as BrowserGlobals;
  const { self, importScripts } = globals;
  globals.self = globalThis;
  globals.importScripts = (path) => {
    globals.ModuleFactory = evaluateFactory(source, path);
  };
  const restoreWarnings = muteWebGpuWarning();
  try {
    const runtime = await import('@litertjs/core');
    await runtime.loadLiteRt(script);
    return runtime;
  } finally {
    restoreWarnings();
    putBack(globals, 'self', self);
    putBack(globals, 'importScripts', importScripts);
    delete globals.ModuleFactory;
  }
}

function putBack<K extends keyof BrowserGlobals>(
  globals: BrowserGlobals,
  key: K,
  value: BrowserGlobals[K],
): void {
  if (value === undefined) delete globals[key];
  else globals[key] = value;
}

/**
 * The loader is a classic script; its C++ side logs through `console`, which is replaced by silence
 * here.
 */
function evaluateFactory(source: string, path: string): unknown {
  const silence = { log() {}, info() {}, warn() {}, error() {} };
  const wrapper = new Function(
    'require',
    '__filename',
    '__dirname',
    'console',
    `${source}\nreturn ModuleFactory;`,
  );
  return wrapper(createRequire(path), path, dirname(path), silence);
}

/**
 * The runtime warns once that there is no WebGPU, which is not news on a server. Every other
 * warning passes.
 */
function muteWebGpuWarning(): () => void {
  const warn = console.warn;
  console.warn = (...parts: unknown[]) => {
    if (!String(parts[0]).startsWith('Failed to create default WebGPU device')) warn(...parts);
  };
  return () => {
    console.warn = warn;
  };
}
