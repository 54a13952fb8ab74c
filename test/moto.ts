import { tmpdir } from 'node:os';
import { requireMotoServer } from '../demo/outside-tools.ts';
import { type Moto, startMoto } from '../demo/stand-ins/moto.ts';

/** An empty stand-in for AWS, of a test's own; it ends with the test run, even when that is killed. */
export const startTestMoto = async (): Promise<Moto> =>
  startMoto({ motoServer: await requireMotoServer(), directory: tmpdir() });
