import { text } from '#core-values';
import encryption from '../data/encryption.json' with { type: 'json' };
import { valuesAt } from '../reading.ts';
import type { Rule } from '../rule.ts';

interface Setting {
  readonly type: string;
  readonly attribute: string;
  readonly unencrypted: readonly (string | boolean | null)[];
}

const UNENCRYPTED: ReadonlyMap<string, readonly Setting[]> = Map.groupBy(
  encryption.settings.flatMap(({ types, ...setting }) => types.map((type) => ({ type, ...setting }))),
  (setting) => setting.type,
);

export const unencryptedStorage: Rule = {
  id: 'unencrypted-storage',
  family: 'exposure',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('New storage is not encrypted', '新しいストレージが暗号化されていません'),
  sees: text(
    'New databases, disks, file systems, streams and search domains without encryption at rest.',
    '保存時の暗号化なしで新規作成されるデータベース、ディスク、ファイルシステム、ストリーム、検索ドメイン。',
  ),
  why: text(
    'Encryption can hardly be added later: most of these must be replaced for it.',
    '暗号化を後から追加するのは困難で、ほとんどの場合は作り直しになります。',
  ),
  remedy: text(
    'Switch encryption on before there is data inside.',
    'データが入る前に暗号化を有効にしてください。',
  ),
  check: (_plan, scene) =>
    scene.acting
      .filter((change) => change.action === 'create' || change.action === 'replace')
      .flatMap((change) =>
        (UNENCRYPTED.get(change.type) ?? [])
          .filter((setting) =>
            valuesAt(change.after, setting.attribute).some((place) =>
              setting.unencrypted.some((value) => value === place.value),
            ),
          )
          .map((setting) => ({
            address: change.address,
            message: text(
              `is created without encryption at rest (${setting.attribute})`,
              `保存時の暗号化なしで作成されます（${setting.attribute}）`,
            ),
          })),
      ),
};
