import { z } from 'zod';
import { type Text, text } from '#core-values';
import { parsedString, type Refusal } from '#platform/core';

export type { Refusal } from '#platform/core';

/** As a schema says it: which rule, what is wrong, what to do. */
export const refusal = (rule: string, message: Text, remedy: Text): Refusal => ({ rule, message, remedy });

interface Refusing {
  readonly issues: { push: (issue: z.core.$ZodRawIssue) => unknown };
}

/** Refuses a value that a schema has taken apart already; `path` leads on from it. */
export function refuse(
  context: Refusing,
  no: Refusal,
  input: unknown,
  path: readonly (string | number)[] = [],
): void {
  context.issues.push({ code: 'custom', params: { refusal: no }, input, path: [...path] });
}

/** These patterns are those of OpenSLO's JSON schema, or stricter where that one lets a hyphen end a name. */
const NAME = /^[a-z0-9](?:[a-z0-9.|/\\-]{0,253}[a-z0-9])?$/;
const LABEL_KEY = /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;
const LABEL_VALUE = LABEL_KEY;
const ANNOTATION_KEY =
  /^(?:(?=.{2,253}\/)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\/)?[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;

export const isName = (words: string): boolean => NAME.test(words);
export const isLabel = (key: string, value: string): boolean =>
  LABEL_KEY.test(key) && LABEL_VALUE.test(value);
export const isAnnotationKey = (key: string): boolean => ANNOTATION_KEY.test(key);

export const name = () =>
  parsedString(
    (value) => (isName(value) ? value : undefined),
    refusal(
      'slo.name',
      text('This is no name of a document.', 'ドキュメントの名前として使えません。'),
      text(
        'Use lower-case letters, digits and hyphens, e.g. checkout-availability.',
        '英小文字、数字、ハイフンで書いてください(例: checkout-availability)。',
      ),
    ),
  );

export const words = (most = 255) => z.string().min(1).max(most);

export const description = () => words(1050);

const labels = z
  .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
  .superRefine((record, context) => {
    for (const [key, value] of Object.entries(record)) {
      const fits = LABEL_KEY.test(key) && [value].flat().every((part) => LABEL_VALUE.test(part));
      if (!fits) refuse(context, NO_LABEL, value, [key]);
    }
  });

const NO_LABEL = refusal(
  'slo.label',
  text('This is no label.', 'ラベルとして使えません。'),
  text(
    'Keys and values have up to 63 letters, digits, dots, hyphens and underscores; write others under `annotations`.',
    'キーと値は英数字、ドット、ハイフン、アンダースコア(63 文字以内)です。それ以外は `annotations` に書いてください。',
  ),
);

const annotations = z.record(z.string(), z.string()).superRefine((record, context) => {
  for (const [key, value] of Object.entries(record))
    if (!isAnnotationKey(key)) refuse(context, NO_ANNOTATION, value, [key]);
});

const NO_ANNOTATION = refusal(
  'slo.annotation-key',
  text('This is no key of an annotation.', 'アノテーションのキーとして使えません。'),
  text(
    'Write it as name or domain.example/name, the name with at most 63 characters.',
    'name または domain.example/name の形で、name は 63 文字以内で書いてください。',
  ),
);

/** An empty mapping means the same as none. */
export const metadata = () =>
  z
    .strictObject({
      name: name(),
      displayName: words().exactOptional(),
      labels: labels.exactOptional(),
      annotations: annotations.exactOptional(),
    })
    .transform(({ labels: given, annotations: noted, ...rest }) => ({
      ...rest,
      ...(given && Object.keys(given).length > 0 && { labels: given }),
      ...(noted && Object.keys(noted).length > 0 && { annotations: noted }),
    }));

export type Metadata = z.output<ReturnType<typeof metadata>>;

/** Two keys of which one must be given, and not both. */
export const eitherOf = (a: string, b: string) =>
  refusal(
    'slo.either-or',
    text(
      `Exactly one of \`${a}\` and \`${b}\` must be given.`,
      `\`${a}\` と \`${b}\` はどちらか一方だけを指定します。`,
    ),
    text('Keep one of them.', `どちらか一方を残してください。`),
  );
