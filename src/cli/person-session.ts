import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SESSION_NAMESPACE, sessionStatementText } from '#accounts/core';
import { ok, type Problem, type Result } from '#core-values';
import { apiClient } from './api-client.ts';
import type { CliContext } from './context.ts';
import { answerOf } from './server-answer.ts';
import { signWithSsh } from './ssh-signing.ts';

const opened = z.object({ token: z.string(), person: z.string(), expiresAt: z.string() });

export type PersonSession = z.infer<typeof opened>;

const kept = z.record(z.string(), opened);

/** Sessions by server, readable by their owner alone. */
const sessionsFile = ({ env }: CliContext): string =>
  join(env.XDG_STATE_HOME ?? join(env.HOME ?? homedir(), '.local', 'state'), 'sekisho', 'sessions.json');

/** The person's session at this server: SEKISHO_TOKEN, the one kept from before, or a new one signed for now. */
export async function personSession(
  context: CliContext,
  server: string,
): Promise<Result<{ readonly token: string }, Problem>> {
  const given = context.env.SEKISHO_TOKEN;
  if (given !== undefined && given !== '') return ok({ token: given });
  const known = (await readKept(context))[server];
  if (known !== undefined && Date.parse(known.expiresAt) > context.clock.now()) return ok(known);
  return signIn(context, server);
}

/** Signs a statement with the person's SSH key, opens a session with it, and keeps it. */
export async function signIn(context: CliContext, server: string): Promise<Result<PersonSession, Problem>> {
  const statement = sessionStatementText({
    server,
    at: context.clock.now(),
    nonce: randomBytes(24).toString('base64url'),
  });
  const signature = await signWithSsh({
    bytes: Buffer.from(statement),
    namespace: SESSION_NAMESPACE,
    env: context.env,
    notice: (words) => context.stderr.write(`${words}\n`),
    ...(context.env.SEKISHO_SSH_KEY === undefined ? {} : { keyFile: context.env.SEKISHO_SSH_KEY }),
  });
  if (!signature.ok) return signature;
  const { language } = context;
  const client = apiClient({ baseUrl: server, language, authorization: async () => ok(undefined) });
  const answer = await client.post('/v1/sessions', { statement, signature: signature.value });
  const session = answerOf(answer, opened, server);
  if (session.ok) await keep(context, { ...(await readKept(context)), [server]: session.value });
  return session;
}

/** Forgets the session of this server. */
export async function forgetSession(context: CliContext, server: string): Promise<void> {
  const { [server]: _, ...others } = await readKept(context);
  await keep(context, others);
}

async function readKept(context: CliContext): Promise<z.infer<typeof kept>> {
  try {
    const parsed = kept.safeParse(JSON.parse(await readFile(sessionsFile(context), 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    // None kept yet, or a file that is not ours to read: sign in again.
    return {};
  }
}

async function keep(context: CliContext, sessions: z.infer<typeof kept>): Promise<void> {
  const file = sessionsFile(context);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(sessions), { mode: 0o600 });
  await rename(temporary, file);
}
