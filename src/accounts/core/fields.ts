import { z } from 'zod';
import { parseAccountId, parsePersonName, parseStackName, parseTeamName, text } from '#core-values';
import {
  LEAST_RSA_BITS,
  MOST_RSA_BITS,
  parsedString,
  parseSshKeyLine,
  type SshKeyFault,
  type SshKeyLine,
} from '#platform/core';
import { parseDuration, type Seconds } from './duration.ts';
import { parseInstant } from './instant.ts';
import * as names from './names.ts';
import { type PasskeyFingerprint, parsePasskeyFingerprint } from './passkey.ts';
import { parsePathGlob } from './path-glob.ts';
import { parseRefGlob } from './ref-glob.ts';
import { parseWebAddress } from './web-address.ts';

const NAME_REFUSAL = {
  rule: 'config.name',
  message: text('This is not a name.', '名前として使えません。'),
  remedy: text(
    'Use lower-case letters, digits and hyphens, at most 64, e.g. `shop-staging`.',
    '英小文字、数字、ハイフンのみ、64 文字以内で指定してください(例: `shop-staging`)。',
  ),
};

const NAME_PATTERN = { pattern: names.NAME.source };

export const accountName = () => parsedString(names.parseAccountName, NAME_REFUSAL).meta(NAME_PATTERN);
export const issuerName = () => parsedString(names.parseIssuerName, NAME_REFUSAL).meta(NAME_PATTERN);
export const stackName = () => parsedString(parseStackName, NAME_REFUSAL).meta(NAME_PATTERN);
export const teamName = () => parsedString(parseTeamName, NAME_REFUSAL).meta(NAME_PATTERN);
export const personName = () => parsedString(parsePersonName, NAME_REFUSAL).meta(NAME_PATTERN);
export const plainName = () =>
  parsedString((value) => (names.NAME.test(value) ? value : undefined), NAME_REFUSAL).meta(NAME_PATTERN);
/** The grammar of names in SLO definitions, which is OpenSLO's. */
const SERVICE = /^[a-z0-9](?:[a-z0-9.|/\\-]{0,253}[a-z0-9])?$/;

export const serviceName = () =>
  parsedString((value) => (SERVICE.test(value) ? value : undefined), {
    rule: 'stack.service-name',
    message: text('This is not the name of a service.', 'サービスの名前として使えません。'),
    remedy: text(
      'Write it as `spec.service` of its SLO definitions does, e.g. checkout.',
      'SLO 定義の `spec.service` と同じ名前を書いてください(例: checkout)。',
    ),
  }).meta({ pattern: SERVICE.source });

export const accountId = () =>
  parsedString(parseAccountId, {
    rule: 'account.id',
    message: text('This is not an AWS account id.', 'AWS アカウント ID ではありません。'),
    remedy: text(
      'Write its twelve digits in quotes, without hyphens: "012345678901".',
      'ハイフンなしの 12 桁を引用符で囲んで書いてください(例: "012345678901")。',
    ),
  }).meta({ pattern: '^[0-9]{12}$' });

export const organizationId = () =>
  parsedString((value) => (/^o-[a-z0-9]{10,32}$/.test(value) ? value : undefined), {
    rule: 'organization.id',
    message: text('This is not an AWS Organizations id.', 'AWS Organizations の ID ではありません。'),
    remedy: text(
      'It looks like o-abcdefghij: see `aws organizations describe-organization`.',
      'o-abcdefghij の形式です。`aws organizations describe-organization` で確認できます。',
    ),
  }).meta({ pattern: '^o-[a-z0-9]{10,32}$' });

export const roleArn = () =>
  parsedString(names.parseRoleArn, {
    rule: 'account.role-arn',
    message: text('This is not the ARN of an IAM role.', 'IAM ロールの ARN ではありません。'),
    remedy: text(
      'Write the role itself, without wildcards: arn:aws:iam::111111111111:role/sekisho-apply',
      'ワイルドカードを使わず、ロールの ARN をそのまま書いてください(例: arn:aws:iam::111111111111:role/sekisho-apply)。',
    ),
  }).meta({ pattern: '^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/' });

export const region = () =>
  parsedString(names.parseRegion, {
    rule: 'config.region',
    message: text('This is not an AWS region.', 'AWS リージョンではありません。'),
    remedy: text(
      'Write its code, e.g. ap-northeast-1.',
      'リージョンコードで指定してください(例: ap-northeast-1)。',
    ),
  }).meta({ pattern: '^[a-z]{2}(-[a-z]+)+-[1-9]$' });

export const externalId = () =>
  parsedString(names.parseExternalId, {
    rule: 'config.external-id',
    message: text('This is not a numeric id.', '数字の ID ではありません。'),
    remedy: text(
      'Names can change hands, ids cannot: write the digits in quotes. GitHub: `gh api repos/OWNER/NAME --jq .id,.owner.id`, `gh api users/LOGIN --jq .id`.',
      '名前は別人の手に渡ることがあるため、数字の ID を引用符で囲んで指定します。GitHub では `gh api repos/OWNER/NAME --jq .id,.owner.id` や `gh api users/LOGIN --jq .id` で確認できます。',
    ),
  }).meta({ pattern: '^[1-9][0-9]{0,19}$' });

export const repositoryName = () =>
  parsedString(names.parseRepositoryName, {
    rule: 'stack.repository-name',
    message: text('This is not the full name of a repository.', 'リポジトリの正式名ではありません。'),
    remedy: text(
      'Write owner/repository, e.g. shop/infra.',
      'owner/repository の形式で書いてください(例: shop/infra)。',
    ),
  });

export const folder = () =>
  parsedString(names.parseFolder, {
    rule: 'stack.path',
    message: text('This is not a folder in the repository.', 'リポジトリ内のフォルダーではありません。'),
    remedy: text(
      'Write the path from the repository’s root without leading or trailing slash and without `..`, e.g. stacks/staging; `.` is the root.',
      'リポジトリのルートからのパスを、先頭・末尾のスラッシュや `..` なしで書いてください(例: stacks/staging)。ルートは `.` です。',
    ),
  });

export const commit = () =>
  parsedString((value) => (/^[0-9a-f]{40}$/.test(value) ? value : undefined), {
    rule: 'stack.workflow-sha',
    message: text('This is not a full commit id.', '完全なコミット ID ではありません。'),
    remedy: text(
      'Write all 40 hexadecimal digits in quotes.',
      '40 桁の 16 進数を引用符で囲んで書いてください。',
    ),
  }).meta({ pattern: '^[0-9a-f]{40}$' });

export const refGlob = () =>
  parsedString(parseRefGlob, {
    rule: 'stack.ref-glob',
    message: text(
      'This is not a Git ref, nor a glob of refs.',
      'Git の ref、または ref の glob ではありません。',
    ),
    remedy: text(
      'Write the full ref: refs/heads/main. One `*` in a segment stands for characters other than `/` (refs/pull/*/merge); `**`, regular expressions and `|` are not offered.',
      'refs/heads/main のように完全な形で書いてください。`*` は 1 区切りにつき 1 つだけ使え、`/` を越えません(例: refs/pull/*/merge)。`**`、正規表現、`|` は使えません。',
    ),
  });

export const pathGlob = () =>
  parsedString(parsePathGlob, {
    rule: 'stack.path-glob',
    message: text(
      'This is not a glob of files in the repository.',
      'リポジトリ内のファイルの glob ではありません。',
    ),
    remedy: text(
      'Write it from the repository’s root, e.g. shared/** or environments/*.tfvars. `*` stands for characters other than `/`, `**` as a whole step for any folders, a folder for all that it holds; `?`, `[…]`, `{…}`, `!` and `..` are not offered.',
      'リポジトリのルートから書いてください(例: shared/**、environments/*.tfvars)。`*` は `/` 以外の文字、区切り全体の `**` は任意の階層、フォルダー名はその中のすべてを表します。`?`、`[…]`、`{…}`、`!`、`..` は使えません。',
    ),
  });

/** A duration within bounds, in seconds. */
export const duration = (least: string, most: string) => {
  const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0];
  const parse = (value: string): Seconds | undefined => {
    const seconds = parseDuration(value);
    return seconds !== undefined && seconds >= min && seconds <= max ? seconds : undefined;
  };
  return parsedString(parse, {
    rule: 'config.duration',
    message: text(
      `This is not a duration from ${least} to ${most}.`,
      `${least} から ${most} までの期間ではありません。`,
    ),
    remedy: text(
      'Write it as 30s, 15m, 1h, 1h30m or 7d.',
      '30s、15m、1h、1h30m、7d のように書いてください。',
    ),
  }).meta({ pattern: '^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$' });
};

export const instant = () =>
  parsedString(parseInstant, {
    rule: 'config.instant',
    message: text('This is not a time with its offset from UTC.', 'UTC との時差を含む日時ではありません。'),
    remedy: text(
      'Write it as 2026-12-28T00:00:00+09:00.',
      '2026-12-28T00:00:00+09:00 のように書いてください。',
    ),
  }).meta({ format: 'date-time' });

export const webAddress = () =>
  parsedString(parseWebAddress, {
    rule: 'config.web-address',
    message: text('This address cannot be used.', 'このアドレスは使えません。'),
    remedy: text(
      'Write https://host[:port][/path] in lower case without trailing slash, query or user; http only for 127.0.0.1, ::1 or localhost.',
      'https://host[:port][/path] の形式で、小文字で、末尾のスラッシュ・クエリ・ユーザー名なしで書いてください。http は 127.0.0.1、::1、localhost のみ使えます。',
    ),
  });

const KEY_FAULTS: Readonly<Record<SshKeyFault, [en: string, ja: string]>> = {
  'private-key': [
    'This is a private key. It is no secret any more: replace it by a new one.',
    'これは秘密鍵です。もはや秘密とはいえないため、新しい鍵に取り替えてください。',
  ],
  'not-a-key': ['This is not an OpenSSH public key.', 'OpenSSH の公開鍵ではありません。'],
  'type-refused': [
    'Keys of this type (DSA, certificates) may not sign approvals.',
    'この種類の鍵(DSA、証明書など)では承認に署名できません。',
  ],
  damaged: [
    'This key is damaged: its data is not what its type says.',
    '鍵が壊れています。データが種類と一致しません。',
  ],
  'rsa-too-short': [
    `This RSA key is shorter than ${LEAST_RSA_BITS} bits.`,
    `この RSA 鍵は ${LEAST_RSA_BITS} ビット未満です。`,
  ],
  'rsa-too-long': [
    `This RSA key is longer than ${MOST_RSA_BITS} bits.`,
    `この RSA 鍵は ${MOST_RSA_BITS} ビットを超えています。`,
  ],
  'rsa-exponent': [
    'This RSA key has a public exponent that invites forged signatures; 65537 is the usual one.',
    'この RSA 鍵の公開指数では署名が偽造されるおそれがあります。通常は 65537 を使います。',
  ],
  'not-for-ssh': [
    'This security key’s credential was not made for SSH: its application does not begin with “ssh:”.',
    'このセキュリティキーの認証情報は SSH 用ではありません(application が「ssh:」で始まっていません)。',
  ],
};

const sshPublicKey = parsedString(
  (value) => {
    const key = parseSshKeyLine(value);
    return key.ok ? key.value : undefined;
  },
  (value) => {
    const key = parseSshKeyLine(value);
    const fault = key.ok ? 'not-a-key' : key.error;
    return {
      rule: `person.key-${fault}`,
      message: text(...KEY_FAULTS[fault]),
      remedy: text(
        'Write one line of a .pub file, e.g. `ssh-ed25519 AAAA… alice`. Make a key with `ssh-keygen -t ed25519` (`-t ed25519-sk` for a hardware key).',
        '.pub ファイルの 1 行をそのまま書いてください(例: `ssh-ed25519 AAAA… alice`)。鍵は `ssh-keygen -t ed25519` で作成できます(ハードウェアキーなら `-t ed25519-sk`)。',
      ),
    };
  },
);

const passkeyFingerprint = parsedString(parsePasskeyFingerprint, {
  rule: 'person.passkey',
  message: text('This is not the fingerprint of a passkey.', 'パスキーのフィンガープリントではありません。'),
  remedy: text(
    'Copy it from the list of passkeys, whole: `passkey: SHA256:…`. It exists once the passkey is enrolled.',
    'パスキーの一覧から、`passkey: SHA256:…` の形でそのまま写してください。パスキーを登録すると表示されます。',
  ),
}).meta({ pattern: '^SHA256:[A-Za-z0-9+/]{43}$' });

/** An SSH key as its line, or a passkey as its fingerprint. Told apart before either is read, so that each is refused in its own words. */
export const personKey = () =>
  z
    .union([z.string(), z.strictObject({ passkey: z.string() })], {
      error: 'it is neither an OpenSSH public key nor `passkey: SHA256:…` alone',
    })
    .transform((value, context): SshKeyLine | { readonly passkey: PasskeyFingerprint } => {
      const isLine = typeof value === 'string';
      const read = isLine ? sshPublicKey.safeParse(value) : passkeyFingerprint.safeParse(value.passkey);
      if (read.success) return typeof read.data === 'string' ? { passkey: read.data } : read.data;
      for (const issue of read.error.issues)
        context.issues.push({ ...issue, code: 'custom', input: value, path: isLine ? [] : ['passkey'] });
      return z.NEVER;
    });

/** Text of one line, without control characters. */
export const line = (most: number) =>
  parsedString(
    (value) => (value.trim() !== '' && value.length <= most && !/\p{Cc}/u.test(value) ? value : undefined),
    {
      rule: 'config.text',
      message: text(
        `This is not one line of 1 to ${most} characters.`,
        `1 行、1〜${most} 文字のテキストではありません。`,
      ),
      remedy: text('Shorten it, and remove line breaks.', '短くし、改行を取り除いてください。'),
    },
  );

export const emailAddress = () =>
  // Stricter than RFC 5322, which allows what no mail of a team needs and headers can be smuggled through.
  parsedString(
    (value) => (value.length <= 254 && /^[\w.+-]+@[a-z0-9.-]+\.[a-z]{2,}$/i.test(value) ? value : undefined),
    {
      rule: 'config.email',
      message: text('This is not a plain e-mail address.', '単純な形式のメールアドレスではありません。'),
      remedy: text('Write it as sre@example.com.', 'sre@example.com のように書いてください。'),
    },
  );

/** A login of GitHub has no two hyphens in a row and none at an end; a slug is what GitHub made of the team's name. */
const GITHUB_TEAM = /^([A-Za-z0-9](?:-?[A-Za-z0-9]){0,38})\/([a-z0-9_][a-z0-9_-]{0,254})$/;

export const gitHubTeam = () =>
  parsedString(
    (value) => {
      const [, organization, slug] = GITHUB_TEAM.exec(value) ?? [];
      return organization === undefined || slug === undefined ? undefined : { organization, slug };
    },
    {
      rule: 'team.github',
      message: text('This is not a team of GitHub.', 'GitHub のチームではありません。'),
      remedy: text(
        'Write it as in the address of its page, without `@`: organization/team-slug, e.g. acme/sre.',
        'チームのページの URL にあるとおり、`@` なしで organization/team-slug の形で書いてください(例: acme/sre)。',
      ),
    },
  ).meta({ pattern: GITHUB_TEAM.source });

export const slackChannel = () =>
  parsedString((value) => (/^[CG][A-Z0-9]{8,20}$/.test(value) ? value : undefined), {
    rule: 'config.slack-channel',
    message: text('This is not a channel’s id.', 'チャンネル ID ではありません。'),
    remedy: text(
      'Copy it from the end of the channel’s details in Slack, e.g. C0123456789.',
      'Slack のチャンネル詳細の末尾からコピーしてください(例: C0123456789)。',
    ),
  });

const exactText = (pattern: RegExp, rule: string, en: string, ja: string, example: string) =>
  parsedString((value) => (value.length <= 512 && pattern.test(value) ? value : undefined), {
    rule,
    message: text(en, ja),
    remedy: text(`Write it exactly, e.g. ${example}`, `正確に書いてください(例: ${example})。`),
  });

export const providerSource = () =>
  exactText(
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?\/[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+$/,
    'stack.provider-source',
    'This is not the full source address of a provider.',
    'プロバイダーの完全なソースアドレスではありません。',
    'registry.terraform.io/hashicorp/aws',
  );

export const moduleSource = () =>
  exactText(
    /^[^\s*\p{Cc}]+$/u,
    'stack.module-source',
    'This is not the source of a module; wildcards are not offered.',
    'モジュールのソースではありません。ワイルドカードは使えません。',
    'terraform-aws-modules/vpc/aws',
  );

export const resourceAddress = () =>
  exactText(
    /^(?:module\.[\p{L}_][\p{L}\p{N}_-]*\.)*[a-z][a-z0-9_]*\.[\p{L}_][\p{L}\p{N}_-]*$/u,
    'stack.resource-address',
    'This is not the address of a resource without its index.',
    'インデックスを除いたリソースアドレスではありません。',
    'aws_instance.web',
  );

export const workflowFile = () =>
  parsedString((value) => (/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\.ya?ml$/.test(value) ? value : undefined), {
    rule: 'stack.command-workflow',
    message: text('This is not the name of a workflow file.', 'ワークフローのファイル名ではありません。'),
    remedy: text(
      'Write the file’s name alone, e.g. change.yml.',
      'フォルダーを付けず、ファイル名だけを書いてください(例: change.yml)。',
    ),
  }).meta({ pattern: '^[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.ya?ml$' });

export const plainEvent = () =>
  parsedString((value) => (/^[a-z][a-z_]{0,63}$/.test(value) ? value : undefined), {
    rule: 'stack.event',
    message: text('This is not the name of an event.', 'イベント名ではありません。'),
    remedy: text(
      'Write it as the CI does, e.g. workflow_dispatch.',
      'CI での名前をそのまま書いてください(例: workflow_dispatch)。',
    ),
  }).meta({ pattern: '^[a-z][a-z_]*$' });

export const environmentVariable = () =>
  parsedString((value) => (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(value) ? value : undefined), {
    rule: 'server.environment-variable',
    message: text('This is not the name of an environment variable.', '環境変数の名前ではありません。'),
    remedy: text(
      'Write the name of the variable (SEKISHO_KEY), never the secret itself.',
      '変数名を書いてください(例: SEKISHO_KEY)。秘密の値そのものは書かないでください。',
    ),
  }).meta({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' });

export const kmsKeyArn = () =>
  exactText(
    /^arn:aws(?:-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/,
    'server.kms-key',
    'This is not the ARN of a KMS key.',
    'KMS キーの ARN ではありません。',
    'arn:aws:kms:ap-northeast-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  );
