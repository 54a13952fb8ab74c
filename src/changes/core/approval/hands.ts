import { type PersonName, type Reason, text } from '#core-values';

/** An approval, and whose hand it may really be. */
export interface HandWord {
  readonly who: PersonName;
  /** On whose word the key is theirs; empty for keys that the configuration names. */
  readonly standsOn: readonly PersonName[];
}

/**
 * Whoever made the link by which a passkey was enrolled might hold it. So of all approvals that may be of one hand, one counts: first those
 * that stand on nobody else's word, then the others in their order. Answers the person whose hand each of the rest may be.
 */
export function oneHandOnce<Word extends HandWord>(
  words: readonly Word[],
): { readonly counted: readonly Word[]; readonly doubled: readonly { word: Word; with: PersonName }[] } {
  const own = words.filter(({ standsOn }) => standsOn.length === 0);
  const names = new Set(own.map(({ who }) => who));
  const hands = new Set<PersonName>();
  const counted: Word[] = [...own];
  const doubled: { word: Word; with: PersonName }[] = [];
  for (const word of words.filter(({ standsOn }) => standsOn.length > 0)) {
    const mine = [word.who, ...word.standsOn];
    const twice = word.standsOn.find((name) => names.has(name)) ?? mine.find((name) => hands.has(name));
    if (twice === undefined) {
      counted.push(word);
      for (const name of mine) hands.add(name);
    } else doubled.push({ word, with: twice });
  }
  return { counted, doubled };
}

const LIST_IT = text(
  'Have the passkey’s fingerprint added to its owner’s `keys` in sekisho.yaml (`passkey: SHA256:…`), or sign with an SSH key.',
  'パスキーのフィンガープリントを sekisho.yaml の本人の `keys` に追加してもらう(`passkey: SHA256:…`)か、SSH 鍵で署名してください。',
);

export const oneHandReason = (other: PersonName): Reason => ({
  rule: 'approval.one-hand-once',
  message: text(
    `The passkey was enrolled by a link that ${other} made or also stands on: both approvals might be one person’s, and one counts.`,
    `このパスキーは ${other} が作成した(または同じ人に由来する)リンクで登録されています。2 つの承認が同一人物による可能性があるため、1 票として数えます。`,
  ),
  remedy: LIST_IT,
});

export const onAuthorsWordReason = (other: PersonName): Reason => ({
  rule: 'approval.on-authors-word',
  message: text(
    `The passkey was enrolled by a link of ${other}, who may be an author of this change.`,
    `このパスキーは、この変更の作成者である可能性がある ${other} のリンクで登録されています。`,
  ),
  remedy: LIST_IT,
});

export const wordGoneReason = (other: PersonName): Reason => ({
  rule: 'approval.word-gone',
  message: text(
    `The passkey was enrolled by a link of ${other}, who is no longer in the configuration.`,
    `このパスキーは、現在の設定に存在しない ${other} のリンクで登録されています。`,
  ),
  remedy: LIST_IT,
});
