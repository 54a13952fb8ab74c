import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Answers HCL as JSON text, or throws what HashiCorp's parser says of it. */
export type HclParser = (file: string, source: string) => Promise<string>;

const require = createRequire(import.meta.url);
const unzip = promisify(gunzip);

let loaded: Promise<HclParser> | undefined;

/**
 * HashiCorp's HCL parser, compiled to WebAssembly in the package `@cdktn/hcl2json`. We load it ourselves: the package's
 * loader unzips on the main thread and brings 40 modules, a third of the time of a whole review. Once begun it is
 * unzipped and compiled beside us, so begin early.
 */
export function hclParser(): Promise<HclParser> {
  loaded ??= load();
  // Whoever waits for it hears of the failure; that nobody has waited yet is no crash.
  loaded.catch(() => undefined);
  return loaded;
}

async function load(): Promise<HclParser> {
  const packed = readFileSync(require.resolve('@cdktn/hcl2json/main.wasm.gz'));
  const wasm = globalOf<WasmEngine>('WebAssembly');
  const module = unzip(packed).then((bytes) => wasm.compile(bytes));
  // Go's own glue code; it puts the class `Go` and what it needs of Node on the global object.
  require('@cdktn/hcl2json/wasm/bridge_wasm_exec.js');
  const go = new (globalOf<new () => GoProgram>('Go'))();
  const instance = await wasm.instantiate(await module, go.importObject);
  const exported: { parse?: ParseWithCallback } = {};
  Object.assign(globalThis, { __parse_terraform_config_wasm__: exported });
  // Runs until the process ends; it has exported its functions when it first waits.
  void go.run(instance);
  const { parse } = exported;
  if (parse === undefined) throw new Error('The HCL parser exports no function `parse`');
  return (file, source) =>
    new Promise((resolve, reject) => {
      parse(file, source, (error, json) => (error ? reject(new Error(error)) : resolve(json)));
    });
}

/** As far as it is used here: Node's type declarations leave it to the browser's. */
interface WasmEngine {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

interface GoProgram {
  readonly importObject: object;
  run(instance: object): Promise<void>;
}

type ParseWithCallback = (
  file: string,
  source: string,
  callback: (error: string | null, json: string) => void,
) => void;

const globalOf = <T>(name: string): T => Reflect.get(globalThis, name) as T;
