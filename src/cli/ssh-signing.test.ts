import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SshSigningRequest, signWithSsh } from './ssh-signing.ts';

let home: string;
const bytes = new TextEncoder().encode('what is signed\n');
const PATH = process.env.PATH;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sekisho-home-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function makeKey(file: string, passphrase = ''): { file: string; blob: string } {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
  return { file, blob: readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '' };
}

const ask = (more: Partial<SshSigningRequest>) =>
  signWithSsh({ bytes, namespace: 'test@v1', env: { PATH, HOME: home }, notice: () => undefined, ...more });

/** By OpenSSH itself: who signed, if anybody. */
function checked(signature: string, blob: string): string {
  const folder = mkdtempSync(join(home, 'check-'));
  writeFileSync(join(folder, 'sig'), signature);
  writeFileSync(join(folder, 'allowed'), `me ssh-ed25519 ${blob}\n`);
  const args = [
    '-Y',
    'verify',
    '-f',
    join(folder, 'allowed'),
    '-I',
    'me',
    '-n',
    'test@v1',
    '-s',
    join(folder, 'sig'),
  ];
  return execFileSync('ssh-keygen', args, { input: bytes, encoding: 'utf8' });
}

const rule = async (more: Partial<SshSigningRequest>) => {
  const signed = await ask(more);
  return signed.ok ? signed.value : signed.error.reasons[0].rule;
};

describe('signing with the person’s own key', () => {
  test('a named key signs, and OpenSSH agrees', async () => {
    const key = makeKey(join(home, 'named'));
    const signed = await ask({ keyFile: key.file });
    expect(checked(signed.ok ? signed.value : '', key.blob)).toContain('Good "test@v1" signature for me');
  });

  test('without one, the usual name in ~/.ssh is taken, security keys and ed25519 first', async () => {
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', join(home, '.ssh', 'id_ecdsa')]);
    const key = makeKey(join(home, '.ssh', 'id_ed25519'));
    const signed = await ask({});
    expect(checked(signed.ok ? signed.value : '', key.blob)).toContain('Good');
  });

  test('the agent’s key that is registered is taken before any file', async () => {
    const socket = join(home, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      const [other, mine] = [makeKey(join(home, 'other')), makeKey(join(home, 'mine'))];
      const env = { PATH, HOME: home, SSH_AUTH_SOCK: socket };
      execFileSync('ssh-add', ['-q', other.file, mine.file], { env, stdio: 'ignore' });
      rmSync(mine.file);
      const signed = await ask({ env, acceptedKeys: [mine.blob] });
      expect(checked(signed.ok ? signed.value : '', mine.blob)).toContain('Good');
    } finally {
      agent.kill();
    }
  });

  test('what is missing is said: ssh-keygen, the key, any key, the passphrase', async () => {
    const bare = mkdtempSync(join(home, 'bare-'));
    expect(await rule({ env: { PATH: bare, HOME: home } })).toBe('approve.no-ssh-keygen');
    expect(await rule({ keyFile: join(bare, 'none') })).toBe('approve.key-not-found');
    expect(await rule({ env: { PATH, HOME: bare } })).toBe('approve.no-key');
    const locked = makeKey(join(home, 'locked'), 'secret words');
    // Stands for the person who closes the passphrase dialog.
    const dialog = join(home, 'cancel');
    writeFileSync(dialog, '#!/bin/sh\nexit 1\n');
    chmodSync(dialog, 0o700);
    const env = { PATH, HOME: home, SSH_ASKPASS: dialog, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
    expect(await rule({ keyFile: locked.file, env })).toBe('approve.key-locked');
  });
});
