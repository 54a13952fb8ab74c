import { text } from '#core-values';
import type { CliCommandEntry } from './command.ts';

/** Every command, in the order help shows them. Loaded only when called. */
export const COMMANDS: readonly CliCommandEntry[] = [
  {
    path: ['review'],
    summary: text(
      'Review a Terraform plan file, without any server',
      'Terraform のプランファイルをレビューする(サーバー不要)',
    ),
    load: async () => (await import('./review.ts')).review,
  },
  {
    path: ['doctor'],
    summary: text(
      'Tell what is found on this machine, what is missing and how to get it',
      'このマシンで見つかったもの、足りないもの、その入手方法を表示する',
    ),
    load: async () => (await import('./doctor.ts')).doctor,
  },
];
