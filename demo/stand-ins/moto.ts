import { mkdir } from 'node:fs/promises';
import { startTied } from './tied-process.ts';

/** A stand-in for AWS (moto_server), empty, on a free loopback port. */
export interface Moto {
  /** For `AWS_ENDPOINT_URL`: Terraform, its S3 backend and the SDKs all follow it. */
  readonly endpoint: string;
  /** The process's own words, for a report of what went wrong. */
  output(): string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 25;

/** moto prints this once it listens; with port 0 it is the only one who knows the port. */
const ADDRESS = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

/** Starts moto and waits until it answers. It ends with us, even when we are killed. */
export async function startMoto(options: {
  readonly motoServer: string;
  /** A folder to run in. */
  readonly directory: string;
}): Promise<Moto> {
  await mkdir(options.directory, { recursive: true });
  const moto = startTied(options.motoServer, ['-H', '127.0.0.1', '-p', '0'], {
    cwd: options.directory,
    env: {
      ...process.env,
      PYTHONUNBUFFERED: '1',
      // Else every account sees every bucket, and "in the staging account and nowhere else" means nothing.
      MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS: 'false',
      // AWS's own policies (ReadOnlyAccess) are there to be read.
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    },
  });
  let hasEnded = false;
  moto.exited.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const endpoint = ADDRESS.exec(moto.output())?.[1];
    if (endpoint !== undefined) return { endpoint, output: moto.output, stop: moto.stop };
    if (hasEnded || Date.now() > deadline) {
      await moto.stop();
      throw new Error(`${options.motoServer} did not start:\n${moto.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
