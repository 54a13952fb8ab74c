import type { z } from 'zod';
import { err, type Json, ok, type Problem, problem, type Result, text } from '#core-values';

/** Reads an answer of the server by its schema; anything else means that client and server are of different versions. */
export function answerOf<Schema extends z.ZodType>(
  answer: Result<Json, Problem>,
  schema: Schema,
  server: string,
): Result<z.infer<Schema>, Problem> {
  if (!answer.ok) return answer;
  const parsed = schema.safeParse(answer.value);
  if (parsed.success) return ok(parsed.data);
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  return err(
    problem('outside-failed', {
      rule: 'server.other-version',
      message: text(
        `The answer of ${server} is not as expected (at “${place}”).`,
        `${server} の応答が想定と異なります(「${place}」)。`,
      ),
      remedy: text(
        'Use the same version of Sekisho for client and server.',
        'クライアントとサーバーで同じバージョンの Sekisho を使ってください。',
      ),
    }),
  );
}
