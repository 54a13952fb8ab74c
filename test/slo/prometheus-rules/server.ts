import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PrometheusServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A Prometheus of its own, beside this `promtool`; the folder has its configuration as `prometheus.yml` and its data in `tsdb`. */
export async function startPrometheus(promtool: string, folder: string): Promise<PrometheusServer> {
  const server = spawn(join(dirname(promtool), 'prometheus'), [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    '--storage.tsdb.retention.time=100y',
    '--web.listen-address=127.0.0.1:0',
  ]);
  const url = await addressOf(server);
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}

/** Its log says where it listens, and then that it is ready. */
async function addressOf(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('no log');
  let address = '';
  for await (const line of createInterface({ input: server.stderr })) {
    address = /msg="Listening on" address=(\S+)/.exec(line)?.[1] ?? address;
    if (line.includes('Server is ready')) {
      server.stderr.resume();
      return `http://${address}`;
    }
  }
  throw new Error('Prometheus ended before it was ready');
}
