import { Worker } from 'node:worker_threads';
import type { HclAnswer, HclQuestion } from './thread.ts';

/** Answers HCL as JSON text, or rejects with what HashiCorp's parser says of it. */
export type HclParser = (file: string, source: string) => Promise<string>;

let running: HclParser | undefined;

/**
 * HashiCorp's HCL parser, in a thread of its own: it takes 0.1 s of processor time to get ready, half of what the rest of
 * a review needs, so begin early and ask late. One that ends (Go gives up on a source that exhausts it) fails whoever
 * waits for it, and the next call starts another.
 */
export function hclParser(): HclParser {
  running ??= start(() => {
    running = undefined;
  });
  return running;
}

interface Waiting {
  resolve(json: string): void;
  reject(error: Error): void;
}

function start(ended: () => void): HclParser {
  // It needs nothing of the environment, so it does not get our secrets; nor Node's options (`--eval`, `--import`).
  const options = { name: 'hcl', env: {}, execArgv: [] };
  const thread = new Worker(new URL('./thread.ts', import.meta.url), options);
  const waiting = new Map<number, Waiting>();
  let questions = 0;
  thread.on('message', (answer: HclAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) thread.unref();
    if (answer.json === undefined) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.json);
  });
  const end = (error: Error): void => {
    ended();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  thread.on('error', end);
  thread.on('exit', () => end(new Error('The HCL parser has ended')));
  // A parser that nobody waits for keeps no process alive. Last, because to listen for messages is to wait.
  thread.unref();
  return (file, source) =>
    new Promise((resolve, reject) => {
      questions += 1;
      waiting.set(questions, { resolve, reject });
      thread.ref();
      const question: HclQuestion = { id: questions, file, source };
      thread.postMessage(question);
    });
}
