import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

/*
 * The thread that `index.ts` starts: the package `@cdktn/hcl2json`, which is HashiCorp's parser compiled to WebAssembly. We
 * load it ourselves, because the package's own loader brings 40 modules.
 */

export interface HclQuestion {
  readonly id: number;
  readonly file: string;
  readonly source: string;
}

export interface HclAnswer {
  readonly id: number;
  readonly json?: string;
  readonly error?: string;
}

/** As far as it is used here: Node's type declarations leave it to the browser's. */
interface WasmEngine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
}

interface GoProgram {
  readonly importObject: object;
  run(instance: object): Promise<void>;
}

type Parse = (file: string, source: string, callback: (error: string | null, json: string) => void) => void;

const globalOf = <T>(name: string): T => Reflect.get(globalThis, name) as T;

function loadParser(): Parse {
  const require = createRequire(import.meta.url);
  const { Module, Instance } = globalOf<WasmEngine>('WebAssembly');
  const bytes = gunzipSync(readFileSync(require.resolve('@cdktn/hcl2json/main.wasm.gz')));
  // Go's own glue code; it puts the class `Go` and what it needs of Node on the global object.
  require('@cdktn/hcl2json/wasm/bridge_wasm_exec.js');
  const go = new (globalOf<new () => GoProgram>('Go'))();
  const exported: { parse?: Parse } = {};
  Object.assign(globalThis, { __parse_terraform_config_wasm__: exported });
  // Exports its functions before it first waits, and then runs for ever, or else has given up.
  const running = go.run(new Instance(new Module(bytes), go.importObject));
  void running.then(() => process.exit());
  if (exported.parse === undefined) throw new Error('The HCL parser exports no function `parse`');
  return exported.parse;
}

const parse = loadParser();
parentPort?.on('message', ({ id, file, source }: HclQuestion) => {
  parse(file, source, (error, json) => {
    const answer: HclAnswer = error ? { id, error } : { id, json };
    parentPort?.postMessage(answer);
  });
});
