import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WrittenFile } from '#credentials/core';
import type { Settings } from './settings.ts';

/** What runs in CI; paths from the repository's root. The texts are those that the Action publishes and is tested with. */
export const workflowFiles = (settings: Settings): readonly WrittenFile[] =>
  settings.ci === 'github'
    ? ['terraform.yml', 'change.yml'].map((name) => ({
        path: `.github/workflows/${name}`,
        text: github(published(name), settings),
      }))
    : [{ path: '.gitlab-ci.yml', text: gitlab(published('gitlab/.gitlab-ci.yml'), settings) }];

const published = (name: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'action', 'workflows', name), 'utf8');

/** Names and addresses in the published texts that stand for somebody's own. */
const EXAMPLE = {
  repository: /shop\/infra/g,
  server: /https:\/\/sekisho\.shop\.example/g,
  action: /YOUR-ORG\/sekisho\/action@0123456789abcdef0123456789abcdef01234567/g,
  commit: /0123456789abcdef0123456789abcdef01234567/g,
} as const;

const github = (text: string, { repository, publicUrl, source, branch }: Settings): string =>
  text
    .replace(/^# Copy to [^:\n]+: (.)/, (_, first: string) => `# ${first.toUpperCase()}`)
    .replaceAll(EXAMPLE.repository, repository.name)
    .replaceAll(EXAMPLE.server, publicUrl)
    .replaceAll(EXAMPLE.action, source.replace('@', '/action@'))
    .replaceAll('terraform.yml@main', `terraform.yml@${branch}`)
    .replaceAll('terraform.yml@refs/heads/main', `terraform.yml@refs/heads/${branch}`)
    .replaceAll('branches: [main]', `branches: [${branch}]`);

/** The published pipeline has one stack; its two jobs are there once for each. */
function gitlab(
  text: string,
  { repository, publicUrl, source, branch, issuerUrl, stacks, accounts }: Settings,
): string {
  const [copy = '', commit = ''] = source.split('@');
  const host = issuerUrl.replace('https://', '');
  const at = text.indexOf('plan shop-staging:');
  const jobs = stacks.map(({ name, account }) =>
    text
      .slice(at)
      .replaceAll(
        'environment: { name: staging }',
        `environment: { name: ${accounts.find(({ id }) => id === account)?.name} }`,
      )
      .replaceAll('shop-staging', name),
  );
  return `${text.slice(0, at)}${jobs.join('\n')}`
    .replace(/^# Copy to [^.]*\.gitlab-ci\.yml of the repository with the stacks\. /, '# ')
    .replaceAll(EXAMPLE.server, publicUrl)
    .replaceAll('gitlab.com/shop/infra//', `${host}/${repository.name}//`)
    .replaceAll('refs/heads/main', `refs/heads/${branch}`)
    .replaceAll('https://gitlab.com/YOUR-GROUP/sekisho.git', `https://${host}/${copy}.git`)
    .replaceAll('registry.gitlab.com/YOUR-GROUP/', `registry.${host}/${repository.name.split('/')[0]}/`)
    .replaceAll(EXAMPLE.commit, commit);
}
