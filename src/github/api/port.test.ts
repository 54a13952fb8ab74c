import { expectTypeOf, test } from 'vitest';
import type { GitHubRepository, ItemOf, ParametersOf } from './port.ts';

test('a route says what it takes and what it answers', () => {
  type Pull = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  expectTypeOf<ParametersOf<Pull>>().toEqualTypeOf<{ pull_number: number }>();
  expectTypeOf<ItemOf<{ total_count: number; check_runs: { id: number }[] }>>().toEqualTypeOf<{
    id: number;
  }>();
  const heads = async (repository: GitHubRepository): Promise<string[]> => {
    const pulls = await repository.all('GET /repos/{owner}/{repo}/pulls', { state: 'open' });
    return pulls.ok ? pulls.value.map(({ head }) => head.sha) : [];
  };
  expectTypeOf(heads).returns.resolves.toEqualTypeOf<string[]>();
});
