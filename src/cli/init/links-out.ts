import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type Reason, text } from '#core-values';

/**
 * The symbolic link on the way to `path`, from the root and with `/`, that leads out of the repository or to nothing; `undefined` where
 * none does. A cloned repository can hold one to anywhere. Git's own folder counts as outside.
 */
export async function linkOut(root: string, path: string): Promise<string | undefined> {
  const top = await realpath(root);
  const steps = path.split('/');
  for (const last of steps.keys()) {
    const part = steps.slice(0, last + 1).join('/');
    const place = join(root, part);
    const there = await lstat(place).catch(() => undefined);
    if (there === undefined) return undefined;
    if (!there.isSymbolicLink()) continue;
    const leads = await realpath(place).catch(() => undefined);
    if (leads === undefined || !isWithin(top, leads)) return part;
  }
  return undefined;
}

function isWithin(top: string, place: string): boolean {
  const way = relative(top, place);
  const [first] = way.split(sep);
  return !isAbsolute(way) && first !== '..' && first !== '.git';
}

export const leadsOut = (link: string): Reason => ({
  rule: 'init.leads-out',
  message: text(
    `${link} is a symbolic link that leads out of the repository: nothing is read or written through it.`,
    `${link} はリポジトリの外を指すシンボリックリンクです。リンク先の読み書きはしません。`,
  ),
  remedy: text(
    'Look where it leads; replace it by a folder or file of the repository, or remove it.',
    'リンク先を確認し、リポジトリ内のフォルダーまたはファイルに置き換えるか、削除してください。',
  ),
  place: { file: link },
});
