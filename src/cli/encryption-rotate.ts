import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

const key = z.object({ id: z.string(), place: z.string() });

const step = z.object({
  newest: key,
  reencrypted: z.number(),
  left: z.number(),
  unopened: z.array(z.string()),
  removable: z.array(key),
});

type Step = z.infer<typeof step>;

const PATIENCE_MS = 2_000;

/**
 * `sekisho encryption rotate`: through the server, which has the keys, the policy and the audit log at hand, and the embedded
 * database open. It asks again and again, so it can be stopped and started at any time.
 */
export const encryptionRotate: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      const rotated = await rotate(context);
      if (!rotated.ok) failWith(context, rotated.error);
    });
  },
};

async function rotate(context: CliContext): Promise<Result<void, Problem>> {
  const client = personClient(context);
  const startedAt = context.clock.now();
  let done = 0;
  while (true) {
    const answer = answerOf(await client.post('/v1/encryption/rotate', {}), step, serverUrl(context));
    if (!answer.ok) return answer;
    done += answer.value.reencrypted;
    const { left, unopened } = answer.value;
    if (left === 0) {
      context.stdout.write(doneText(answer.value, done)[context.language]);
      return ok(undefined);
    }
    if (answer.value.reencrypted === 0) return err(stuck(left, unopened));
    if (context.clock.now() - startedAt > PATIENCE_MS) progress(context, done, left);
  }
}

/** Rewritten in place on a terminal; a line each time where the output goes to a file. */
function progress({ stderr, language }: CliContext, done: number, left: number): void {
  const words = text(`${done} re-encrypted, ${left} to go`, `再暗号化 ${done} 件、残り ${left} 件`)[language];
  stderr.write(stderr.isTerminal ? `\r\u001b[K${words}` : `${words}\n`);
}

function doneText({ newest, removable }: Step, done: number): Text {
  const all = text(
    `Everything is under the key ${newest.id} (${visible(newest.place)}); ${done} re-encrypted.\n`,
    `すべて鍵 ${newest.id}(${visible(newest.place)})で暗号化されています(再暗号化: ${done} 件)。\n`,
  );
  if (removable.length === 0) return all;
  const keys = removable.map(({ id, place }) => `  ${id}  ${visible(place)}\n`).join('');
  return text(
    `${all.en}Nothing is left under these keys. Once every replica has been restarted with the newest key first, remove them from server.encryption in sekisho.yaml; keep them as long as you keep backups made before today:\n${keys}`,
    `${all.ja}次の鍵で暗号化されたデータはもうありません。すべてのレプリカを新しい鍵が先頭の設定で再起動し終えたら、sekisho.yaml の server.encryption から外してください。今日より前のバックアップを残す間は、鍵も保管してください:\n${keys}`,
  );
}

function stuck(left: number, unopened: readonly string[]): Problem {
  const first = unopened.slice(0, 10).map(visible).join(', ');
  return problem('conflict', {
    rule: 'encryption.rotation-stuck',
    message: text(
      `${left} values stay under an earlier key${first === '' ? '' : `: these do not open: ${first}`}.`,
      `${left} 件が以前の鍵のまま残っています${first === '' ? '' : `。復号できないもの: ${first}`}`,
    ),
    remedy: text(
      'Keep the earlier key configured. If a key it names is missing, configure it again; what was tampered with must be restored from a backup, or its plan cancelled.',
      '以前の鍵の設定は残してください。鍵が足りない場合は設定し直し、改ざんされたものはバックアップから復元するか、そのプランを取り消してください。',
    ),
  });
}
