import { describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import { type ChildRequest, childEnvironment, runWithCredentials } from './exec.ts';

const source = {
  region: 'ap-northeast-1',
  current: async () =>
    ok({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: '2099-01-01T00:00:00Z',
    }),
};

const run = (script: string, change: Partial<ChildRequest> = {}) =>
  runWithCredentials({
    command: process.execPath,
    args: ['-e', script],
    cwd: process.cwd(),
    env: { PATH: process.env.PATH },
    source,
    onTerminal: false,
    ...change,
  });

describe('a command with credentials', () => {
  it('reads them from the loopback endpoint', async () => {
    const script = `fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN } })
      .then((answer) => answer.json()).then((body) => process.exit(body.AccessKeyId === 'ASIAEXAMPLE' ? 42 : 1))`;
    expect(await run(script)).toEqual({ ok: true, value: 42 });
  });

  it('gives its exit code back, and 128 and the number of the signal that killed it', async () => {
    expect(await run('process.exit(0)')).toEqual({ ok: true, value: 0 });
    expect(await run('process.exit(7)')).toEqual({ ok: true, value: 7 });
    expect(await run('process.kill(process.pid, "SIGKILL")')).toEqual({ ok: true, value: 137 });
  });

  it('gets our signals, and we wait for it', async () => {
    const script =
      'process.on("SIGTERM", () => process.exit(55)); process.kill(process.ppid, "SIGTERM"); setInterval(() => {}, 1000)';
    expect(await run(script)).toEqual({ ok: true, value: 55 });
  });

  it('is not sent Ctrl-C twice when it is on our terminal', async () => {
    // Two signals may be told in any order, so the end waits until both have been.
    const script = (...signals: readonly string[]) => `let interrupted = false;
      process.on('SIGINT', () => { interrupted = true; });
      process.on('SIGINT', () => setImmediate(() => process.exit(1)));
      process.on('SIGTERM', () => setImmediate(() => process.exit(interrupted ? 1 : 9)));
      for (const signal of ${JSON.stringify(signals)}) process.kill(process.ppid, signal);
      setInterval(() => {}, 1000)`;
    expect(await run(script('SIGINT', 'SIGTERM'), { onTerminal: true })).toEqual({ ok: true, value: 9 });
    expect(await run(script('SIGINT'), { onTerminal: false })).toEqual({ ok: true, value: 1 });
  });

  it('that does not exist is named', async () => {
    const outcome = await run('', { command: 'no-such-program' });
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'bad-input', reasons: [{ rule: 'exec.cannot-start' }] },
    });
    expect(JSON.stringify(outcome)).toContain('no-such-program');
  });

  it('sees no other credentials, no way to get the job’s token, and no shared configuration', () => {
    const dangerous = [
      ...[
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'AWS_PROFILE',
        'AWS_DEFAULT_PROFILE',
      ],
      ...['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
      ...[
        'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
        'ACTIONS_ID_TOKEN_REQUEST_URL',
        'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
      ],
      ...['SEKISHO_ID_TOKEN', 'SEKISHO_ID_TOKEN_2'],
      ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_CACHE_URL', 'ACTIONS_RESULTS_URL'],
      ...['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'],
    ];
    const env = {
      PATH: '/bin',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      TF_VAR_x: '1',
      AWS_REGION: 'us-east-1',
      ...Object.fromEntries(dangerous.map((name) => [name, 'canary'])),
    };
    const child = childEnvironment(
      env,
      { url: 'http://127.0.0.1:1/credentials', authorization: 'a' },
      'ap-northeast-1',
    );
    expect(JSON.stringify(child)).not.toContain('canary');
    expect(child).toEqual({
      PATH: '/bin',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      TF_VAR_x: '1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'ap-northeast-1',
      AWS_DEFAULT_REGION: 'ap-northeast-1',
    });
  });
});
